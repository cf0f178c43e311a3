package daemon

import (
	"os"

	"golang.org/x/sys/unix"
)

// isTTY asks the kernel whether f is a terminal.
func isTTY(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// noEcho switches the echo of a terminal off and gives a function to restore it.
func noEcho(f *os.File) func() {
	old, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return func() {}
	}
	now := *old
	now.Lflag &^= unix.ECHO
	unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, &now)
	return func() { unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, old) }
}
