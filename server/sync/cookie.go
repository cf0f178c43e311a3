package sync

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Cookie is a syncCookie in OpenLDAP's form, "rid=NNN,sid=XXX,csn=A;B", with
// two fields of ours behind, which OpenLDAP's consumer passes over:
//
//	all=A;B    the whole state, where csn names the last change alone
//	mark=HEX   which search the cookie is for
type Cookie struct {
	RID  int // the consumer's number, 0 to 999; -1 none
	SID  int // the sender's server id; -1 none
	CSNs Vector
	Mark string
	// Last is the CSN of the one change that a message of the persist stage tells;
	// zero when the cookie does not say which.
	Last CSN
	// Delete is the CSN of the delete that a message names (OpenLDAP's delcsn).
	Delete CSN
}

// maxCookie bounds what is looked at: it holds the CSNs of some hundred servers.
const maxCookie = 64 << 10

var errCookie = errors.New("malformed sync cookie")

// ParseCookie reads a cookie strictly: known fields at most once each, digits
// where there must be digits, well-formed CSNs. The empty cookie is one
// without a state.
func ParseCookie(b []byte) (Cookie, error) {
	c := Cookie{RID: -1, SID: -1}
	if len(b) == 0 {
		return c, nil
	}
	if len(b) > maxCookie {
		return c, errCookie
	}
	seen := map[string]bool{}
	var all Vector
	for _, field := range strings.Split(string(b), ",") {
		name, value, ok := strings.Cut(field, "=")
		if !ok || seen[name] {
			return c, errCookie
		}
		seen[name] = true
		var err error
		switch name {
		case "rid":
			c.RID, err = number(value, 3, 10)
		case "sid":
			c.SID, err = number(value, 3, 16)
		case "csn":
			c.CSNs, err = ParseVector(value)
		case "all":
			all, err = ParseVector(value)
		case "delcsn":
			c.Delete, err = ParseCSN(value)
		case "mark":
			if len(value) != 16 || strings.Trim(value, "0123456789abcdef") != "" {
				err = errCookie
			}
			c.Mark = value
		default:
			err = errCookie
		}
		if err != nil {
			return Cookie{RID: -1, SID: -1}, errCookie
		}
	}
	if len(c.CSNs) == 1 {
		c.Last = c.CSNs[0]
	}
	for _, one := range all {
		c.CSNs = c.CSNs.Merge(one)
	}
	return c, nil
}

func number(s string, digits, base int) (int, error) {
	n, err := strconv.ParseUint(s, base, 16)
	if err != nil || len(s) != digits {
		return -1, errCookie
	}
	return int(n), nil
}

// String gives the cookie's text.
func (c Cookie) String() string { return string(c.append(nil, c.CSNs, nil)) }

// Change gives the text of a cookie that goes with one change: csn names that
// change alone, because OpenLDAP's consumer looks at the first CSN only.
func (c Cookie) Change(last CSN) []byte {
	if len(c.CSNs) <= 1 || last.IsZero() {
		return c.append(nil, c.CSNs, nil)
	}
	return c.append(nil, Vector{last}, c.CSNs)
}

func (c Cookie) append(b []byte, csn, all Vector) []byte {
	sep := func() {
		if len(b) > 0 {
			b = append(b, ',')
		}
	}
	if c.RID >= 0 {
		b = fmt.Appendf(b, "rid=%03d", c.RID)
	}
	if c.SID >= 0 {
		sep()
		b = fmt.Appendf(b, "sid=%03x", c.SID)
	}
	if len(csn) > 0 {
		sep()
		b = append(append(b, "csn="...), csn.String()...)
	}
	if len(all) > 0 {
		sep()
		b = append(append(b, "all="...), all.String()...)
	}
	if !c.Delete.IsZero() {
		sep()
		b = append(append(b, "delcsn="...), c.Delete.String()...)
	}
	if c.Mark != "" {
		sep()
		b = append(append(b, "mark="...), c.Mark...)
	}
	return b
}
