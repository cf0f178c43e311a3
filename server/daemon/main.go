package daemon

// Daemon is one running server.
type Daemon struct{}

// Main runs slapid or, by the base name of args[0] or -T, one of its tools, and
// returns the exit status.
func Main(args []string, hooks Hooks) int {
	return 1
}
