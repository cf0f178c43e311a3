package backend

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// keepUpTo is the number of candidates up to which a search has the cache make
// room for what it decodes; a larger one would only drive out what is in use.
const keepUpTo = 256

// search is one search under way.
type search struct {
	v     *view
	q     *Query
	yield func(*entry.Entry) bool
	base  uint64 // 0: the root above the suffixes
	whole bool   // everything in the database is within scope
	under map[uint64]bool
	keep  bool
	tests int
	// stored: the filter looks at nothing but the attributes stored.
	stored  bool
	matches int // among the entries that were skimmed
	// transient: who takes the entries keeps none.
	transient bool
	// skimmer decodes what the filter looks at, scratch transient entries.
	skimmer entry.Scratch
	scratch *entry.Scratch
}

// Search calls yield for the entries in scope that match, in the order of
// their ids, the base before all others.
func (v *view) Search(q *Query, yield func(*entry.Entry) bool) error {
	base, err := v.find(q.Base.Norm)
	if err != nil {
		return err
	}
	root := q.Base.IsRoot() && v.holdsRoot()
	if base == 0 && !root {
		return v.noSuchObject(q.Base.Norm)
	}
	s := &search{v: v, q: q, yield: yield, base: base}
	// within a transaction the next change would take an entry away
	if s.transient = q.Transient && v.own == nil; s.transient {
		s.scratch = scratches.Get().(*entry.Scratch)
		defer scratches.Put(s.scratch)
	}
	s.stored = q.Filter != nil && q.Filter.OnlyStored(q.Env)
	if q.Scope == wire.ScopeBase {
		if base == 0 {
			return nil
		}
		s.keep = true
		_, err := s.visit(base)
		return err
	}
	s.whole = root || len(v.db.suffixes) == 1 && v.db.suffixes[0].Norm == q.Base.Norm

	var text *strings.Builder
	log := v.db.log
	explain := log.Enabled(context.Background(), slog.LevelDebug)
	if explain {
		text = &strings.Builder{}
	}
	p := planner{v: v, env: q.Env, text: text}
	var set *idset
	if q.Filter != nil {
		if set, err = p.find(q.Filter); err != nil {
			return err
		}
	}
	ids, walk, err := s.narrow(set)
	if err != nil {
		return err
	}
	if explain {
		plan := text.String()
		switch {
		case walk && plan == "":
			plan = "no index, scan of scope"
		case walk:
			plan += "; scan of scope"
		}
		log.Debug("search plan", "base", q.Base.Pretty, "scope", int(q.Scope), "filter", filterText(q.Filter), "plan", plan)
	}
	switch {
	case set != nil && ids == nil:
		return s.candidates(set)
	case ids != nil:
		return s.list(ids)
	}
	return s.everything()
}

func filterText(n *filter.Node) string {
	if n == nil {
		return ""
	}
	return n.String()
}

func (v *view) holdsRoot() bool {
	return len(v.db.suffixes) > 0 && v.db.suffixes[0].IsRoot()
}

// narrow decides between candidates and scope. It returns the ids to visit
// when it has listed the scope: because no index helps, or because the scope
// is smaller than the set of candidates. It keeps the bound on candidates.
func (s *search) narrow(set *idset) (ids []uint64, walk bool, err error) {
	v, most := s.v, s.q.MaxCandidates
	one := s.q.Scope == wire.ScopeOne
	n := 0
	if set != nil {
		n = set.len()
		if n > 2*few && (one || !s.whole) {
			// Is the scope smaller? It is listed only as far as that pays.
			listed, ok, err := v.subtree(s.base, !one, n)
			if err != nil {
				return nil, false, err
			}
			if ok {
				ids = make([]uint64, 0, len(listed))
				for _, id := range listed {
					if set.has(id) {
						ids = append(ids, id)
					}
				}
				if !one && s.q.Scope != wire.ScopeChildren && set.has(s.base) {
					ids = append([]uint64{s.base}, ids...)
				}
				n = len(ids)
			}
		}
	} else {
		walk = true
		if s.whole && !one {
			if n, err = v.count(); err != nil {
				return nil, walk, err
			}
		} else {
			listed, ok, err := v.subtree(s.base, !one, most)
			if err != nil {
				return nil, walk, err
			}
			if !ok {
				n = most + 1
			}
			ids = listed
			if s.q.Scope == wire.ScopeSub && s.base != 0 {
				ids = append([]uint64{s.base}, ids...)
			}
			if ids == nil {
				ids = []uint64{}
			}
			n = max(n, len(ids))
		}
	}
	if most > 0 && n > most {
		return nil, walk, wire.Errorf(wire.AdminLimitExceeded, "")
	}
	s.keep = n <= keepUpTo
	return ids, walk, nil
}

// candidates visits the members of a set that are within scope.
func (s *search) candidates(set *idset) error {
	if s.q.Scope == wire.ScopeSub && s.base != 0 && set.has(s.base) {
		if more, err := s.visit(s.base); !more || err != nil {
			return err
		}
	}
	var err error
	set.each(func(id uint64) bool {
		if id == s.base {
			return true
		}
		var in, more bool
		if in, err = s.inScope(id); err != nil || !in {
			return err == nil
		}
		more, err = s.visit(id)
		return more && err == nil
	})
	return err
}

// list visits ids that are known to be within scope.
func (s *search) list(ids []uint64) error {
	for _, id := range ids {
		if more, err := s.visit(id); !more || err != nil {
			return err
		}
	}
	return nil
}

// everything visits all entries of the database.
func (s *search) everything() error {
	skip := uint64(0)
	if s.base != 0 {
		skip = s.base
		if s.q.Scope == wire.ScopeSub {
			if more, err := s.visit(s.base); !more || err != nil {
				return err
			}
		}
	}
	if s.v.own != nil {
		return s.everythingInTxn(skip)
	}
	var err error
	serr := s.v.r.Scan(tabEntry, nil, func(k, raw []byte) bool {
		id := binary.BigEndian.Uint64(k)
		if id == skip {
			return true
		}
		var more bool
		more, err = s.look(id, raw)
		return more && err == nil
	})
	if err == nil {
		err = serr
	}
	return err
}

// everythingInTxn is everything where the caller may change entries meanwhile:
// the ids are read some at a time.
func (s *search) everythingInTxn(skip uint64) error {
	ids := make([]uint64, 0, 256)
	next := uint64(0)
	for {
		ids = ids[:0]
		err := s.v.r.Scan(tabEntry, idKey(next), func(k, _ []byte) bool {
			ids = append(ids, binary.BigEndian.Uint64(k))
			return len(ids) < cap(ids)
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		next = ids[len(ids)-1] + 1
		for _, id := range ids {
			if id == skip {
				continue
			}
			if more, err := s.visit(id); !more || err != nil {
				return err
			}
		}
	}
}

// inScope tells whether an entry other than the base is within scope.
func (s *search) inScope(id uint64) (bool, error) {
	if s.whole && s.q.Scope != wire.ScopeOne {
		return true, nil
	}
	raw, err := s.v.raw(id)
	if raw == nil || err != nil {
		return false, err
	}
	parent := parentOf(raw)
	if s.q.Scope == wire.ScopeOne {
		return parent == s.base, nil
	}
	return s.below(parent, 0)
}

// below tells whether an entry is the base or below it.
func (s *search) below(id uint64, depth int) (bool, error) {
	if id == s.base {
		return true, nil
	}
	if id == 0 || depth > maxDepth {
		return false, nil
	}
	if in, ok := s.under[id]; ok {
		return in, nil
	}
	raw, err := s.v.raw(id)
	if err != nil {
		return false, err
	}
	in, err := s.below(parentOf(raw), depth+1)
	if err != nil {
		return false, err
	}
	if s.under == nil {
		s.under = map[uint64]bool{}
	}
	s.under[id] = in
	return in, nil
}

// visit tests one entry and gives it out when it matches. more is false when
// the search is to end.
func (s *search) visit(id uint64) (more bool, err error) {
	if !s.transient {
		if e := s.v.cached(id); e != nil {
			return s.test(e)
		}
	}
	raw, err := s.v.raw(id)
	if err != nil {
		return false, err
	}
	if raw == nil {
		return true, nil // removed meanwhile by the transaction itself
	}
	return s.look(id, raw)
}

// look is visit for the stored entry.
func (s *search) look(id uint64, raw []byte) (more bool, err error) {
	transient := s.transient && (!s.keep || len(raw) <= keepFrom)
	if !transient && !s.skims() {
		e := s.v.cached(id)
		if e == nil {
			if e, err = s.v.decode(id, raw, s.keep); err != nil {
				return false, err
			}
		}
		return s.test(e)
	}
	r, err := cutRecord(id, raw)
	if err != nil {
		return false, err
	}
	skim := s.skims()
	if skim {
		if s.skimmer.Want == nil {
			s.skimmer.Want = s.q.Filter.LooksAt
		}
		e, err := s.skimmer.Decode(r.body, s.v.schema)
		if err != nil {
			return false, fmt.Errorf("backend: entry %d: %w", id, err)
		}
		if ok, err := s.selects(e); !ok || err != nil {
			return err == nil, err
		}
		s.matches++
	}
	var e *entry.Entry
	if transient {
		e, err = s.v.scratchRecord(id, &r, s.scratch)
	} else {
		e, err = s.v.entry(id, false)
	}
	switch {
	case err != nil:
		return false, err
	case skim:
		return s.yield(e), nil
	}
	return s.test(e)
}

// skims tells whether entries are first tested in a form that costs little and
// is then lost: when most of them will not match.
func (s *search) skims() bool {
	return s.stored && !s.keep && (s.tests < 32 || s.matches*2 < s.tests)
}

// test gives an entry out when it matches.
func (s *search) test(e *entry.Entry) (more bool, err error) {
	ok, err := s.selects(e)
	if !ok || err != nil {
		return err == nil, err
	}
	return s.yield(e), nil
}

// selects tells whether an entry matches the filter.
func (s *search) selects(e *entry.Entry) (bool, error) {
	if s.tests++; s.tests&31 == 0 && s.q.Ctx != nil && s.q.Ctx.Err() != nil {
		return false, ended(s.q.Ctx)
	}
	if s.q.Filter == nil {
		return true, nil
	}
	t, err := s.q.Filter.Match(e, s.q.Env)
	return t == filter.True && err == nil, err
}
