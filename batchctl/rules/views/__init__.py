"""What rules get to see of a file, by subject: placeholders, loops, expressions, arguments, dependencies, records."""
