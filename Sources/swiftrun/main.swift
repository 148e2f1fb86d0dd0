import Agent
import Commands

if Agent.isNeeded(CommandLine.arguments) { Agent.main() }
Program.main()
