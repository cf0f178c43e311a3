package schema

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// ClassSet is what the object classes of an entry amount to. It is shared and
// not changed.
type ClassSet struct {
	Classes    []*ObjectClass // as named, without repeats, unknown ones left out
	All        []*ObjectClass // with all superclasses, each once, superclasses behind their subclasses
	Structural *ObjectClass   // the most subordinate structural class; nil without one
	Content    *ContentRule   // of Structural; nil without one
	Extensible bool           // extensibleObject is among them

	must     []*AttributeType
	allowed  map[string]struct{} // lower-case OIDs
	excluded map[string]struct{} // precluded by the content rule
}

// ClassProblem is a kind of ClassError.
type ClassProblem int

const (
	UnknownClass     ClassProblem = iota // a value names no class of the schema
	NoClass                              // no value at all
	NoStructural                         // no structural class
	StructuralChains                     // two structural classes, neither below the other
	AbstractOnly                         // an abstract class without a class below it
	AuxNotAllowed                        // the content rule does not allow an auxiliary class
)

// ClassError tells why object classes do not make a proper entry.
type ClassError struct {
	Problem ClassProblem
	Index   int    // of the value, for UnknownClass
	Class   string // the class in question
	Other   string // the other class of StructuralChains, the rule of AuxNotAllowed
}

func (e *ClassError) Error() string {
	switch e.Problem {
	case UnknownClass:
		return fmt.Sprintf("unknown object class %q", e.Class)
	case NoClass:
		return "no objectClass attribute"
	case NoStructural:
		return "no structural object class provided"
	case StructuralChains:
		return fmt.Sprintf("invalid structural object class chain (%s/%s)", e.Class, e.Other)
	case AbstractOnly:
		return fmt.Sprintf("instantiation of abstract objectClass '%s' not allowed", e.Class)
	}
	return fmt.Sprintf("class '%s' not allowed by content rule '%s'", e.Class, e.Other)
}

// Classes works out what the values of an objectClass attribute mean. The set is
// never nil, also beside an error, which is a *ClassError: the first unknown
// class, else the first breach of the rules on structural, abstract and
// auxiliary classes (RFC 4512 section 2.4). A schema with Compat389 reports
// unknown classes alone. Results are kept, so that a repeated combination costs
// one lookup.
func (s *Schema) Classes(values [][]byte) (*ClassSet, error) {
	var buf [256]byte
	key := buf[:0]
	for _, v := range values {
		key = append(append(key, v...), 0)
	}
	if set, err, ok := s.sets.get(key); ok {
		return set, err
	}
	set, err := s.classSet(values)
	s.sets.put(string(key), set, err)
	return set, err
}

func (s *Schema) classSet(values [][]byte) (*ClassSet, error) {
	set := &ClassSet{allowed: map[string]struct{}{}}
	if len(values) == 0 {
		return set, &ClassError{Problem: NoClass}
	}
	var unknown error
	for i, v := range values {
		c := s.ObjectClass(string(v))
		if c == nil {
			if unknown == nil {
				unknown = &ClassError{Problem: UnknownClass, Index: i, Class: string(v)}
			}
			continue
		}
		if !slices.Contains(set.Classes, c) {
			set.Classes = append(set.Classes, c)
		}
	}
	for _, c := range set.Classes {
		set.addAll(c)
	}
	for _, c := range set.All {
		if strings.EqualFold(c.Name(), "extensibleObject") {
			set.Extensible = true
		}
		for _, t := range c.Must {
			set.require(t)
		}
		for _, t := range c.May {
			set.allowed[oidKey(t)] = struct{}{}
		}
	}
	problem := set.structure()
	if set.Structural != nil {
		if r := s.contentByOID[strings.ToLower(set.Structural.OID)]; r != nil && !r.Obsolete {
			if err := set.govern(r); err != nil && problem == nil {
				problem = err
			}
		}
	}
	if unknown != nil {
		return set, unknown
	}
	if s.opt.compat389 || problem == nil {
		return set, nil
	}
	return set, problem
}

func oidKey(t *AttributeType) string {
	if isDigit(t.OID[0]) {
		return t.OID
	}
	return strings.ToLower(t.OID)
}

// addAll puts c and its superclasses into All, subclasses first.
func (set *ClassSet) addAll(c *ObjectClass) {
	if slices.Contains(set.All, c) {
		return
	}
	at := len(set.All)
	for i, o := range set.All {
		if c.Is(o) {
			at = i
			break
		}
	}
	set.All = slices.Insert(set.All, at, c)
	for _, sup := range c.Sups {
		set.addAll(sup)
	}
}

func (set *ClassSet) require(t *AttributeType) {
	set.allowed[oidKey(t)] = struct{}{}
	if !slices.ContainsFunc(set.must, func(o *AttributeType) bool { return o == t || o.OID == t.OID }) {
		set.must = append(set.must, t)
	}
}

// structure finds the structural class and checks the rules about it.
func (set *ClassSet) structure() error {
	var problem error
	for _, c := range set.Classes {
		switch {
		case c.Kind == Structural:
			switch {
			case set.Structural == nil || c.Is(set.Structural):
				set.Structural = c
			case set.Structural.Is(c):
			default:
				if problem == nil {
					problem = &ClassError{Problem: StructuralChains, Class: set.Structural.Name(), Other: c.Name()}
				}
			}
		case c.Kind == Abstract:
			below := slices.ContainsFunc(set.Classes, func(o *ObjectClass) bool { return o != c && o.Kind != Abstract && o.Is(c) })
			// top is above every class even where a definition forgets to say so
			if !below && c.OID != "2.5.6.0" && problem == nil {
				problem = &ClassError{Problem: AbstractOnly, Class: c.Name()}
			}
		}
	}
	if set.Structural == nil {
		return &ClassError{Problem: NoStructural}
	}
	return problem
}

// govern applies a DIT content rule (RFC 4512 section 4.1.6).
func (set *ClassSet) govern(r *ContentRule) error {
	set.Content = r
	for _, t := range r.Must {
		set.require(t)
	}
	for _, t := range r.May {
		set.allowed[oidKey(t)] = struct{}{}
	}
	for _, t := range r.Not {
		if set.excluded == nil {
			set.excluded = map[string]struct{}{}
		}
		set.excluded[oidKey(t)] = struct{}{}
	}
	for _, c := range set.Classes {
		if c.Kind == Auxiliary && !slices.ContainsFunc(r.Aux, func(a *ObjectClass) bool { return a.Is(c) }) {
			return &ClassError{Problem: AuxNotAllowed, Class: c.Name(), Other: r.Name()}
		}
	}
	return nil
}

// Allowed tells whether the classes let an entry hold user attributes of type
// t. Operational types are always allowed; extensibleObject allows all that a
// content rule does not preclude.
func (set *ClassSet) Allowed(t *AttributeType) bool {
	if t.Operational() {
		return true
	}
	if _, no := set.excluded[oidKey(t)]; no {
		return false
	}
	if set.Extensible {
		return true
	}
	_, yes := set.allowed[oidKey(t)]
	return yes
}

// Required gives the types that must be present, each once.
func (set *ClassSet) Required() []*AttributeType { return set.must }

// Has tells whether a class of that name or OID is among the classes or their
// superclasses.
func (set *ClassSet) Has(name string) bool {
	for _, c := range set.All {
		if c.called(name) {
			return true
		}
	}
	return false
}

func (o *ObjectClass) called(name string) bool {
	for _, n := range o.Names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return strings.EqualFold(o.OID, name)
}

// classCache keeps the sets of one schema. Its size is limited, since clients
// choose the combinations.
type classCache struct {
	mu   sync.RWMutex
	sets map[string]cachedSet
}

type cachedSet struct {
	set *ClassSet
	err error
}

const (
	maxCachedSets = 4096
	maxCachedKey  = 2048
)

func (c *classCache) get(key []byte) (*ClassSet, error, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.sets[string(key)]
	return v.set, v.err, ok
}

func (c *classCache) put(key string, set *ClassSet, err error) {
	if len(key) > maxCachedKey {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sets == nil || len(c.sets) >= maxCachedSets {
		c.sets = map[string]cachedSet{}
	}
	c.sets[key] = cachedSet{set, err}
}
