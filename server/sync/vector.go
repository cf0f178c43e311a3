package sync

import (
	"fmt"
	"slices"
	"strings"
)

// ContextKey is the name under which a database keeps its context CSNs: one
// per server, in the form of Vector.String.
const ContextKey = "contextCSN"

// Vector is a state of replicated content: the greatest CSN of each server
// whose changes it has, sorted by server id.
type Vector []CSN

// maxServers bounds a vector: server ids have 12 bits.
const maxServers = 4096

// ParseVector reads CSNs divided by semicolons. The empty text is the empty
// vector; two CSNs of one server are an error.
func ParseVector(s string) (Vector, error) {
	if s == "" {
		return nil, nil
	}
	if strings.Count(s, ";") >= maxServers {
		return nil, fmt.Errorf("csn set: too many values")
	}
	var v Vector
	for _, part := range strings.Split(s, ";") {
		c, err := ParseCSN(part)
		if err != nil {
			return nil, err
		}
		i, there := v.find(c.ServerID)
		if there {
			return nil, fmt.Errorf("csn set: server %03x is there twice", c.ServerID)
		}
		v = slices.Insert(v, i, c)
	}
	return v, nil
}

func (v Vector) find(server uint16) (int, bool) {
	return slices.BinarySearchFunc(v, server, func(c CSN, id uint16) int { return int(c.ServerID) - int(id) })
}

// Get gives the CSN of a server; the zero CSN when there is none.
func (v Vector) Get(server uint16) CSN {
	if i, ok := v.find(server); ok {
		return v[i]
	}
	return CSN{}
}

// Merge gives the vector with c in it; an older CSN changes nothing. v itself
// is not changed.
func (v Vector) Merge(c CSN) Vector {
	if c.IsZero() {
		return v
	}
	i, there := v.find(c.ServerID)
	if !there {
		return slices.Insert(slices.Clone(v), i, c)
	}
	if c.Compare(v[i]) <= 0 {
		return v
	}
	n := slices.Clone(v)
	n[i] = c
	return n
}

// Has tells whether a change with this CSN is part of the state.
func (v Vector) Has(c CSN) bool {
	i, ok := v.find(c.ServerID)
	return ok && c.Compare(v[i]) <= 0
}

// Covers tells whether everything of o is part of v.
func (v Vector) Covers(o Vector) bool {
	for _, c := range o {
		if !v.Has(c) {
			return false
		}
	}
	return true
}

// Equal tells whether both are the same state.
func (v Vector) Equal(o Vector) bool {
	return slices.EqualFunc(v, o, func(a, b CSN) bool { return a.Compare(b) == 0 })
}

// String gives the CSNs divided by semicolons, as cookies have them.
func (v Vector) String() string {
	if len(v) == 1 {
		return v[0].String()
	}
	var b strings.Builder
	for i, c := range v {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(c.String())
	}
	return b.String()
}

// Values gives the CSNs as values of contextCSN.
func (v Vector) Values() [][]byte {
	out := make([][]byte, len(v))
	for i, c := range v {
		out[i] = []byte(c.String())
	}
	return out
}
