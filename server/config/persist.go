package config

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/ldif"
	"libslapi/server/wire"
)

// ChangesFile is where the changes against a configuration file are kept.
func ChangesFile(conf string) string {
	return filepath.Join(conf+".d", "cn=config.ldif")
}

const (
	changesHead = "# Changes of the running server against %s; they are applied after it is read.\n" +
		"# Edit with the server stopped, or remove the file to go back.\n\n"
	wholeHead = "# The whole configuration. Edit with the server stopped.\n\n"
)

// transient tells whether an entry is never saved: tasks.
func transient(norm string) bool { return norm != TasksBase && dn.IsSuffix(norm, TasksBase) }

// save writes the state to the file of the tree.
func (t *Tree) save(s *state) error {
	if t.opt.File == "" {
		return nil
	}
	t.mu.Lock()
	base := t.base
	t.mu.Unlock()
	var records []*ldif.Record
	if !t.opt.Whole {
		if records = changeRecords(base, s); len(records) == 0 {
			// as the configuration file says: nothing to keep
			if err := os.Remove(t.opt.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}
	}
	return writeAtomic(t.opt.File, func(w io.Writer) error {
		out := ldif.NewWriter(w)
		if t.opt.Whole {
			if _, err := io.WriteString(w, wholeHead); err != nil {
				return err
			}
			for _, n := range s.order {
				if !transient(n) {
					e := s.byNorm[n]
					if err := out.Entry(e.Name.Pretty, e.WireAttributes()); err != nil {
						return err
					}
				}
			}
			return nil
		}
		if _, err := fmt.Fprintf(w, changesHead, t.cfg.File); err != nil {
			return err
		}
		for _, r := range records {
			if err := out.Change(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// changeRecords lists what makes now from base.
func changeRecords(base, now *state) []*ldif.Record {
	var list []*ldif.Record
	for i := len(base.order) - 1; i >= 0; i-- {
		if n := base.order[i]; now.byNorm[n] == nil && !transient(n) {
			list = append(list, &ldif.Record{DN: base.byNorm[n].Name.Pretty, ChangeType: "delete"})
		}
	}
	for _, n := range now.order {
		b, e := base.byNorm[n], now.byNorm[n]
		switch {
		case b == e || transient(n):
		case b == nil:
			list = append(list, &ldif.Record{DN: e.Name.Pretty, ChangeType: "add", Attrs: e.WireAttributes()})
		default:
			if c := diffAttrs(b, e, described); len(c) > 0 {
				list = append(list, &ldif.Record{DN: e.Name.Pretty, ChangeType: "modify", Changes: c})
			}
		}
	}
	return list
}

// diffAttrs lists the attributes that differ as replace changes; those of skip
// (lower case) do not count.
func diffAttrs(a, b *entry.Entry, skip map[string]bool) []wire.Change {
	var list []wire.Change
	for i := range b.Attrs {
		at := &b.Attrs[i]
		if skip[strings.ToLower(at.Desc)] {
			continue
		}
		if !equalValues(a.Values(at.Desc), at.Values) {
			list = append(list, wire.Change{Op: wire.ModReplace, Type: at.Desc, Values: at.Values})
		}
	}
	for i := range a.Attrs {
		if d := a.Attrs[i].Desc; !b.Has(d) && !skip[strings.ToLower(d)] {
			list = append(list, wire.Change{Op: wire.ModReplace, Type: d})
		}
	}
	return list
}

// writeAtomic writes a file so that a crash leaves the old one or the new one.
// The file is readable by its owner alone: it may hold passwords.
func writeAtomic(path string, fill func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".cn=config.*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	if err = fill(w); err != nil {
		return err
	}
	if err = w.Flush(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// loadChanges applies the saved changes to the state that the files make. A
// change of an entry that the files no longer have is left out with a warning.
func (t *Tree) loadChanges(base *state) (*state, error) {
	f, err := os.Open(t.opt.File)
	if errors.Is(err, fs.ErrNotExist) {
		return base, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := base.clone()
	r := ldif.NewReader(f, t.opt.File)
	for {
		rec, err := r.Next()
		if isEOF(err) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		fail := func(err error) error { return fmt.Errorf("%s:%d: %v", t.opt.File, rec.Line, err) }
		name, err := dn.NewName(rec.DN, t.cfg.Schema)
		if err != nil {
			return nil, fail(err)
		}
		old := s.byNorm[name.Norm]
		switch rec.ChangeType {
		case "delete":
			if old == nil || s.hasChildren(name.Norm) {
				t.warn(fail(errors.New("entry is gone or has children, its deletion is left out")))
				continue
			}
			delete(s.byNorm, name.Norm)
			s.order = without(s.order, name.Norm)
		case "add", "":
			if s.byNorm[dn.ParentNorm(name.Norm)] == nil {
				t.warn(fail(errors.New("entry has no parent any more, it is left out")))
				continue
			}
			e := entry.New(name)
			for _, a := range rec.Attrs {
				if err := e.Add(t.cfg.Schema, a.Type, a.Values...); err != nil {
					return nil, fail(err)
				}
			}
			if old == nil {
				s.order = append(s.order, name.Norm)
			} else {
				e.ID = old.ID
			}
			s.byNorm[name.Norm] = e
		case "modify":
			if old == nil {
				t.warn(fail(errors.New("entry is gone, its change is left out")))
				continue
			}
			e := old.Clone()
			for _, c := range rec.Changes {
				if c.Op != wire.ModReplace {
					return nil, fail(errors.New("only replace is possible here"))
				}
				if err := e.Put(t.cfg.Schema, c.Type, c.Values...); err != nil {
					return nil, fail(err)
				}
			}
			s.byNorm[name.Norm] = e
		default:
			return nil, fail(fmt.Errorf("changetype %s is not possible here", rec.ChangeType))
		}
	}
}

func (t *Tree) warn(err error) {
	t.log.Warn(err.Error())
	t.cfg.Warnings = append(t.cfg.Warnings, err.Error())
}

func without(list []string, gone string) []string {
	out := list[:0:0]
	for _, n := range list {
		if n != gone {
			out = append(out, n)
		}
	}
	return out
}

// Save writes the whole tree now (-f and -F together make a folder of a file).
func (t *Tree) Save() error {
	t.writer <- struct{}{}
	defer func() { <-t.writer }()
	return t.save(t.cur.Load())
}
