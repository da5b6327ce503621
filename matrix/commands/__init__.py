"""commands - one module a command of ./interop: HELP, options() and main()."""
