// What Node.js prints while an editor's debugger is attached to each program.
process.stderr.write("Debugger attached.\n");
process.on("exit", () => process.stderr.write("Waiting for the debugger to disconnect...\n"));
