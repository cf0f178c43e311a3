package store

import (
	"fmt"
	"os"
)

// OpenMemory opens an empty store that leaves nothing behind: it is for tests
// and scratch data. It has every property of a bolt store but durability. It
// panics when no temporary file can be made.
func OpenMemory() Store {
	// A file without a name: its pages live in the page cache and go with it.
	dir, err := os.MkdirTemp("", "libslapi-store")
	if err != nil {
		panic(fmt.Sprintf("store: %v", err))
	}
	defer os.RemoveAll(dir)
	s, err := OpenBolt(dir+"/data.db", Options{NoSync: true})
	if err != nil {
		panic(err.Error())
	}
	return s
}
