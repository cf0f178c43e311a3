package daemon

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

const slapindexUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]
	[-g] [-n databasenumber | -b suffix] [attr ...] [-q] [-t]
`

// slapindex builds the indexes of a database anew: those of the attributes
// named, else all.
func (c *command) slapindex() int {
	a, status := c.parseTool("b:cd:f:F:gn:o:qtv", slapindexUsage)
	if a == nil {
		return status
	}
	cfg, status := c.toolConfig(a)
	if cfg == nil {
		return status
	}
	d, ok := c.chooseDatabase(cfg, a)
	if !ok {
		return 1
	}
	for _, name := range a.rest {
		t := cfg.Schema.AttributeType(name)
		if t == nil {
			return c.fail("attribute type %q is undefined", name)
		}
		found := false
		for _, ix := range d.Indexes() {
			found = found || cfg.Schema.AttributeType(ix.Attr) == t
		}
		if !found {
			return c.fail("no index configured for %s", name)
		}
	}
	open := c.toolDatabase(cfg, d, a, false)
	if open == nil {
		return 1
	}
	db, ok := open.(interface {
		Reindex(attrs []string, progress func(done, total int)) error
		Close() error
	})
	if !ok {
		open.Close()
		return c.fail("database %s has no indexes of the server's", d.Type)
	}
	var bar *progressbar.ProgressBar
	err := db.Reindex(a.rest, func(done, total int) {
		if a.verbose > 0 {
			fmt.Fprintf(c.stderr, "indexed %d of %d entries\n", done, total)
			return
		}
		if !c.terminal || total == 0 {
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(c.stderr), progressbar.OptionShowCount(),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		bar.Set(done)
	})
	if bar != nil {
		bar.Finish()
	}
	if err != nil {
		status = c.fail("%v", err)
	}
	if err := db.Close(); err != nil {
		status = c.fail("%v", err)
	}
	return status
}
