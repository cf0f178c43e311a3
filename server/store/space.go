package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrNoSpace is in the error of a commit whose changes found no room: the file
// system is full, a quota is used up, or the file may not grow. Nothing of them
// stays, and the store works on once there is room.
var ErrNoSpace = errors.New("store: no space left for the file")

// noted marks an error of the engine that says that there was no room.
func noted(err error) error {
	for _, full := range [...]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		// The engine passes on an error of making its file longer as text.
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error()) {
			return fmt.Errorf("%w: %w", ErrNoSpace, err)
		}
	}
	return err
}
