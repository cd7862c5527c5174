"""What every view needs: widths, columns, branches, literals, words."""
