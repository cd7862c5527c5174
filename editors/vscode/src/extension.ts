import * as vscode from 'vscode'
import { LanguageClient } from 'vscode-languageclient/node'

let client: LanguageClient | undefined

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(vscode.commands.registerCommand('batchctl.dryRun', dryRun))
  const settings = vscode.workspace.getConfiguration('batchctl')
  client = new LanguageClient(
    'batchctl',
    'batchctl',
    { command: settings.get<string>('command', 'batchctl'), args: ['lsp'] },
    { documentSelector: settings.get<string[]>('files', []).map((pattern) => ({ scheme: 'file', pattern })) },
  )
  await client.start()
}

export async function deactivate(): Promise<void> {
  await client?.stop()
}

/** Show in a terminal what the resource of a lens would request. */
function dryRun(resource?: string): void {
  const file = vscode.window.activeTextEditor?.document.uri.fsPath
  if (file === undefined) return
  const command = vscode.workspace.getConfiguration('batchctl').get<string>('command', 'batchctl')
  const only = resource === undefined ? [] : ['--only', resource]
  // A process of its own, without a shell: no name of a resource or file is read as a command.
  const terminal = vscode.window.createTerminal({ name: 'batchctl', shellPath: command, shellArgs: ['dry-run', file, ...only] })
  terminal.show(true)
}
