package daemon

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"libslapi/server/backend"
	"libslapi/server/config"
)

const slapbackupUsage = `[-d debuglevel] [-f configfile] [-F configdir] [-n databasenumber | -b suffix] -l file
`

// slapbackup writes a copy of a database's data file, whether a server runs or
// not. Put in place as data.db it is the database of that moment, indexes
// included.
func (c *command) slapbackup() int {
	a, status := c.parseTool("b:d:f:F:l:n:o:v", slapbackupUsage)
	if a == nil {
		return status
	}
	if len(a.rest) > 0 {
		return c.usage(fmt.Sprintf("unexpected argument %q", a.rest[0]), slapbackupUsage)
	}
	if a.ldif == "" {
		return c.usage("-l names the file to write", slapbackupUsage)
	}
	src, err := loadConfig(a.file, a.dir, true)
	if err != nil {
		return c.badConfig(err, false)
	}
	cfg, err := src.settle()
	if err != nil {
		return c.badConfig(err, false)
	}
	d, ok := c.chooseDatabase(cfg, a)
	if !ok {
		return 1
	}
	if !d.BuiltIn() {
		return c.fail("database %s doesn't support necessary operations.", d.Type)
	}
	if err := c.backup(cfg, d, a); err != nil {
		return c.fail("%v", err)
	}
	return 0
}

// backup makes the copy under a temporary name: a file under the name asked for
// is a whole one.
func (c *command) backup(cfg *config.Config, d *config.Database, a *toolArgs) error {
	f, err := os.CreateTemp(filepath.Dir(a.ldif), "."+filepath.Base(a.ldif)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = copySnapshot(d.Directory, f)
	if errors.Is(err, errNoServer) {
		var db *backend.DB
		if db, err = c.openStopped(cfg, d, a); err == nil {
			err = db.Backup(io.Writer(f))
			if cerr := db.Close(); err == nil {
				err = cerr
			}
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), a.ldif)
}
