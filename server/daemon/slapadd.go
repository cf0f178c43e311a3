package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/ldif"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

const slapaddUsage = `[-v] [-d debuglevel] [-f configfile] [-F configdir] [-o <name>[=<value>]] [-c]
	[-g] [-n databasenumber | -b suffix]
	[-l ldiffile] [-j linenumber] [-q] [-u] [-s] [-S serverid] [-w]
`

// contextKey is the name under which a database keeps its context CSNs.
const contextKey = csn.ContextKey

// loader is one run of slapadd.
type loader struct {
	c        *command
	a        *toolArgs
	cfg      *config.Config
	d        *config.Database
	db       backend.Backend // nil in a dry run
	im       importer
	gen      *csn.Generator
	greatest string // entryCSN of what was added
	// waiting are entries whose parent has not come yet, by the parent's name.
	waiting map[string][]waiting
	seen    map[string]bool // names of a dry run
	count   int
}

type waiting struct {
	e    *entry.Entry
	line int
}

// slapadd adds the entries of an LDIF file to a database.
func (c *command) slapadd() int {
	a, status := c.parseTool("b:cd:f:F:gj:l:n:o:qsS:uvw", slapaddUsage)
	if a == nil {
		return status
	}
	if len(a.rest) > 0 {
		return c.usage(fmt.Sprintf("unexpected argument %q", a.rest[0]), slapaddUsage)
	}
	if a.quick && a.valueCheck == "yes" {
		return c.usage("value-check is incompatible with -q", slapaddUsage)
	}
	if (a.number == 0 || a.number < 0 && strings.EqualFold(a.suffix, "cn=config")) && a.file == "" && a.dir != "" {
		return c.addConfig(a)
	}
	cfg, status := c.toolConfig(a)
	if cfg == nil {
		return status
	}
	d, ok := c.chooseDatabase(cfg, a)
	if !ok {
		return 1
	}
	in, size := c.stdin, int64(-1)
	if a.ldif != "" {
		f, err := os.Open(a.ldif)
		if err != nil {
			fmt.Fprintf(c.stderr, "%s: %v\n", a.ldif, reason(err))
			return 1
		}
		defer f.Close()
		if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
			size = st.Size()
		}
		in = f
	}
	if glued := cfg.Glued(d); len(glued) > 0 && !a.noGlue {
		return c.addGlued(cfg, a, d, glued, in)
	}
	return c.load(cfg, a, d, in, size)
}

// load adds the entries of a stream to one database.
func (c *command) load(cfg *config.Config, a *toolArgs, d *config.Database, in io.Reader, size int64) int {
	status := 0
	l := &loader{c: c, a: a, cfg: cfg, d: d, gen: csn.NewGenerator(a.serverID), waiting: map[string][]waiting{}, seen: map[string]bool{}}
	if !a.dry {
		if l.db = c.toolDatabase(cfg, d, a, false); l.db == nil {
			return 1
		}
		var err error
		if done, status := l.byPlugin(); done {
			return status
		}
		if l.im, err = newImporter(l.db); err != nil {
			l.db.Close()
			return c.fail("could not open database: %v", err)
		}
	}
	if c.terminal && size > 0 && a.verbose == 0 {
		bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(c.stderr), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(a.ldif), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		defer bar.Finish()
		in = io.TeeReader(in, bar)
	}
	// Most of what an import allocates lives as long as its batch: collecting
	// less often saves a fifth of the time.
	old := debug.SetGCPercent(400)
	status = l.run(in)
	debug.SetGCPercent(old)
	if l.db != nil {
		if err := l.finish(&status); err != nil {
			status = c.fail("%v", err)
		}
		if err := l.db.Close(); err != nil {
			status = c.fail("%v", err)
		}
	}
	return status
}

// addGlued parts the entries of a stream among a database and those glued to it,
// and adds each part. Line numbers in messages are those of the parts.
func (c *command) addGlued(cfg *config.Config, a *toolArgs, d *config.Database, glued []*config.Database, in io.Reader) int {
	all := append([]*config.Database{d}, glued...)
	files := make([]*os.File, len(all))
	writers := make([]*bufio.Writer, len(all))
	for i := range all {
		f, err := os.CreateTemp("", "slapadd-*.ldif")
		if err != nil {
			return c.fail("%v", err)
		}
		os.Remove(f.Name()) // gone with the process
		defer f.Close()
		files[i], writers[i] = f, bufio.NewWriterSize(f, 1<<16)
	}
	r := ldif.NewReader(in, orElse(a.ldif, "stdin"))
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c.fail("%v", err)
		}
		to, longest := 0, -1
		if n, err := dn.NewName(rec.DN, cfg.Schema); err == nil {
			for i, o := range all {
				for _, s := range o.Suffixes {
					if dn.IsSuffix(n.Norm, s.Norm) && len(s.Norm) > longest {
						to, longest = i, len(s.Norm)
					}
				}
			}
		}
		if err := ldif.NewWriter(writers[to]).Entry(rec.DN, rec.Attrs); err != nil {
			return c.fail("%v", err)
		}
	}
	for i, o := range all {
		if err := writers[i].Flush(); err != nil {
			return c.fail("%v", err)
		}
		if _, err := files[i].Seek(0, io.SeekStart); err != nil {
			return c.fail("%v", err)
		}
		part := *a
		part.ldif = "" // no plug-in reads the file by itself
		if status := c.load(cfg, &part, o, files[i], -1); status != 0 {
			return status
		}
	}
	return 0
}

// byPlugin lets the plug-in of the database read the file itself, with -q and if
// it can.
func (l *loader) byPlugin() (done bool, status int) {
	b := ldifOf(l.db)
	if b == nil || !l.a.quick || l.a.ldif == "" || l.a.jump > 0 {
		return false, 0
	}
	did, err := b.ImportLDIF(l.a.ldif)
	if !did {
		return false, 0
	}
	if err != nil {
		status = l.c.fail("%v", err)
	}
	if err := l.db.Close(); err != nil {
		status = l.c.fail("%v", err)
	}
	return true, status
}

// reason cuts the operation and path off an error of package os.
func reason(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// item is one record on its way: an entry to add, or what to print about it.
type item struct {
	e       *entry.Entry
	line    int
	problem string // printed as it is; nothing is added
	end     bool   // nothing can be read behind it
}

// batchItems is how many records go from the reader to the writer at a time.
const batchItems = 128

// run reads and adds everything; with -c it goes on after errors. One goroutine
// reads and checks, this one writes.
func (l *loader) run(in io.Reader) int {
	batches := make(chan []item, 8)
	done := make(chan struct{})
	go l.read(in, batches, done)
	status := l.write(batches)
	close(done)
	for range batches { // until the reader has ended
	}
	if status != 0 && l.a.goOn == 0 {
		return status
	}
	if len(l.waiting) > 0 {
		fmt.Fprintf(l.c.stderr, "Error, entries missing!\n")
		for parent := range l.waiting {
			if !l.waitsItself(parent) {
				fmt.Fprintf(l.c.stderr, "  entry %s\n", parent)
			}
		}
		status = 1
	}
	return status
}

func (l *loader) write(batches <-chan []item) int {
	status := 0
	for batch := range batches {
		if x, ok := l.im.(expecter); ok {
			if err := x.Expect(batch); err != nil {
				return l.c.fail("%v", err)
			}
		}
		for _, it := range batch {
			ok := it.problem == ""
			if !ok {
				fmt.Fprint(l.c.stderr, it.problem)
			} else {
				ok = l.add(it.e, it.line)
			}
			if !ok {
				status = 1
				if l.a.goOn == 0 || it.end {
					return status
				}
			}
		}
	}
	return status
}

// read turns records into items until the end of the file, an error that
// nothing can follow, or done.
func (l *loader) read(in io.Reader, batches chan<- []item, done <-chan struct{}) {
	defer close(batches)
	name := l.a.ldif
	if name == "" {
		name = "stdin"
	}
	r := ldif.NewReader(in, name)
	batch := make([]item, 0, batchItems)
	send := func() bool {
		select {
		case batches <- batch:
			batch = make([]item, 0, batchItems)
			return true
		case <-done:
			return false
		}
	}
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			send()
			return
		}
		var it item
		if err != nil {
			var le *ldif.Error
			it = item{problem: l.text("could not parse entry: %v", err), end: !errors.As(err, &le)}
		} else if rec.Line < l.a.jump {
			continue
		} else {
			it = l.prepare(rec)
		}
		batch = append(batch, it)
		if it.end || it.problem != "" && l.a.goOn == 0 {
			send()
			return
		}
		if len(batch) == batchItems && !send() {
			return
		}
	}
}

// text is a message with the program's name.
func (l *loader) text(format string, args ...any) string {
	return l.c.name + ": " + fmt.Sprintf(format, args...) + "\n"
}

// waitsItself tells whether a missing parent is among the entries held back.
func (l *loader) waitsItself(norm string) bool {
	for _, w := range l.waiting[dn.ParentNorm(norm)] {
		if w.e.Name.Norm == norm {
			return true
		}
	}
	return false
}

// prepare makes a complete, checked entry of a record.
func (l *loader) prepare(rec *ldif.Record) item {
	s := l.cfg.Schema
	at := func(e *wire.Error) item {
		return item{problem: l.text("dn=%q (line=%d): (%d) %s", rec.DN, rec.Line, e.Code, e.Text)}
	}
	parse := func(format string, args ...any) item {
		return item{problem: fmt.Sprintf(format, args...) + "\n" + l.text("could not parse entry (line=%d)", rec.Line)}
	}
	if rec.ChangeType != "" && rec.ChangeType != "add" {
		return parse("change records are not possible here")
	}
	name, err := dn.NewName(rec.DN, s)
	if err != nil {
		return parse("invalid DN %q: %v", rec.DN, err)
	}
	if name.IsRoot() {
		return item{problem: l.text("line %d: cannot add entry with empty dn=%q", rec.Line, rec.DN)}
	}
	if !l.holds(name) {
		return item{problem: l.text("line %d: database #%d (%s) not configured to hold %q", rec.Line, l.d.Index, l.d.Suffixes[0].Pretty, name.Pretty)}
	}
	e := entry.New(name)
	for _, a := range rec.Attrs {
		desc, err := s.Describe(a.Type)
		if err != nil {
			return parse("attribute description %q: %v", a.Type, err)
		}
		if desc.Type.Unknown && !l.a.noSchema && l.cfg.Global.Compat != config.Compat389 {
			return parse("attribute type %q is undefined", a.Type)
		}
		if err := e.Add(s, a.Type, a.Values...); err != nil {
			return parse("attribute %s: %v", a.Type, err)
		}
	}
	if l.cfg.Global.Compat == config.Compat389 {
		e.AddSuperclasses(s)
	} else {
		e.CanonicalNames()
	}
	if !l.a.noSchema && l.a.schemaCheck != "no" {
		style := entry.OpenLDAP
		if l.cfg.Global.Compat == config.Compat389 {
			style = entry.DS389
		}
		if err := e.CheckSchemaAs(s, style); err != nil {
			return at(err)
		}
		if err := e.CheckNaming(s, false); err != nil {
			return at(err)
		}
	}
	l.operational(e)
	return item{e: e, line: rec.Line}
}

func (l *loader) holds(n dn.Name) bool {
	for _, s := range l.d.Suffixes {
		if dn.IsSuffix(n.Norm, s.Norm) {
			return true
		}
	}
	return false
}

// operational gives an entry the operational attributes that it lacks, in the
// order in which a server stores them.
func (l *loader) operational(e *entry.Entry) {
	if !l.d.LastMod {
		return
	}
	now := time.Now().UTC().Format("20060102150405Z")
	who := l.d.RootDN.Pretty
	if l.cfg.Global.Compat == config.Compat389 {
		who = strings.ToLower(orElse(l.cfg.Global.RootDN.Pretty, who))
		l.put(e, "creatorsName", who)
		l.put(e, "modifiersName", who)
		l.put(e, "createTimestamp", now)
		l.put(e, "modifyTimestamp", now)
		if !e.Has("nsUniqueId") {
			l.put(e, "nsUniqueId", uniqueID())
		}
		return
	}
	if oc := e.StructuralClass(l.cfg.Schema); oc != nil {
		l.put(e, "structuralObjectClass", oc.Name())
	}
	if !e.Has("entryUUID") {
		l.put(e, "entryUUID", uuid.NewString())
	}
	l.put(e, "creatorsName", who)
	l.put(e, "createTimestamp", now)
	if !e.Has("entryCSN") {
		l.put(e, "entryCSN", l.gen.Next().String())
	}
	l.put(e, "modifiersName", who)
	l.put(e, "modifyTimestamp", now)
}

// put adds an attribute unless the entry has it or the schema lacks it.
func (l *loader) put(e *entry.Entry, name, value string) {
	t := l.cfg.Schema.AttributeType(name)
	if t == nil || value == "" || e.Has(name) {
		return
	}
	e.AppendAttr(entry.Attr{Type: t, Desc: t.Name(), Values: [][]byte{[]byte(value)}})
}

func orElse(v, other string) string {
	if v == "" {
		return other
	}
	return v
}

// uniqueID is a new nsUniqueId in 389's grouping.
func uniqueID() string {
	id, err := uuid.NewUUID()
	if err != nil {
		id = uuid.New()
	}
	h := strings.ReplaceAll(id.String(), "-", "")
	return h[:8] + "-" + h[8:16] + "-" + h[16:24] + "-" + h[24:]
}

// add stores an entry, or holds it back until its parent comes.
func (l *loader) add(e *entry.Entry, line int) bool {
	norm := e.Name.Norm
	var err error
	if l.im != nil {
		for _, a := range l.cfg.Global.SortVals {
			if t := l.cfg.Schema.AttributeType(a); t != nil {
				e.SortValues(t)
			}
		}
		err = l.im.Add(e)
	} else {
		if l.seen[norm] {
			err = wire.Errorf(wire.EntryAlreadyExists, "")
		}
		l.seen[norm] = true
	}
	var we *wire.Error
	if errors.As(err, &we) && we.Code == wire.NoSuchObject {
		p := dn.ParentNorm(norm)
		l.waiting[p] = append(l.waiting[p], waiting{e, line})
		return true
	}
	if err != nil {
		text := err.Error()
		if we != nil {
			text = we.Text
			if we.Code == wire.EntryAlreadyExists {
				text = "the entry exists already"
			}
		}
		l.c.fail("could not add entry dn=%q (line=%d): %s", e.Name.Pretty, line, text)
		return false
	}
	l.count++
	if c := e.First("entryCSN"); c > l.greatest {
		l.greatest = c
	}
	if l.a.verbose > 0 {
		if l.im != nil {
			fmt.Fprintf(l.c.stderr, "added: %q (%08x)\n", e.Name.Pretty, e.ID)
		} else {
			fmt.Fprintf(l.c.stderr, "added: %q\n", e.Name.Pretty)
		}
	}
	held := l.waiting[norm]
	delete(l.waiting, norm)
	ok := true
	for _, w := range held {
		ok = l.add(w.e, w.line) && ok
	}
	return ok
}

// finish writes what is left and, with -w, the context CSN.
func (l *loader) finish(status *int) error {
	if err := l.im.Close(); err != nil {
		return err
	}
	x, err := l.db.Begin(context.Background())
	if err != nil {
		return err
	}
	defer x.Close()
	// The session log knows nothing of what was added.
	if err := csn.ForgetLog(x); err != nil {
		return err
	}
	if l.a.context && *status == 0 && l.cfg.Global.Compat != config.Compat389 {
		if c, err := csn.ParseCSN(l.greatest); err == nil {
			if _, _, err := csn.WriteContext(x, c); err != nil {
				return err
			}
		}
	}
	return x.Commit()
}

// addConfig makes a configuration folder from LDIF (slapadd -n 0 -F).
func (c *command) addConfig(a *toolArgs) int {
	in := c.stdin
	if a.ldif != "" {
		f, err := os.Open(a.ldif)
		if err != nil {
			fmt.Fprintf(c.stderr, "%s: %v\n", a.ldif, reason(err))
			return 1
		}
		defer f.Close()
		in = f
	}
	if err := config.ImportDir(a.dir, in, orElse(a.ldif, "stdin"), a.dry); err != nil {
		return c.badConfig(err, false)
	}
	return 0
}
