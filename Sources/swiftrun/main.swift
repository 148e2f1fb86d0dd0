import Agent
import Commands
import Sandbox

if Agent.isNeeded(CommandLine.arguments) { Agent.main() }
if SandboxProcess.isNeeded(CommandLine.arguments) { SandboxProcess.main() }
Program.main()
