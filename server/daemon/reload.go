package daemon

import (
	"fmt"
	"path/filepath"
	"sort"
)

// ReloadSchema reads the schema files of a folder ("": that of
// nsslapd-schemadir) on top of the schema in force and, with apply, puts the
// outcome in force for operations that begin from then on. Definitions that the
// files have no more stay, as in ns-slapd those that entries may use.
func (x *services) ReloadSchema(folder string, apply bool) error {
	if folder == "" {
		folder = x.Setting("nsslapd-schemadir")
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.ldif"))
	if err != nil {
		return err
	}
	if folder == "" || len(paths) == 0 {
		return fmt.Errorf("folder %q holds no .ldif file", folder)
	}
	sort.Strings(paths)
	next := x.Schema().Clone()
	if err := next.LoadLDIFFiles(paths); err != nil {
		return err
	}
	if apply {
		x.SetSchema(next)
	}
	return nil
}
