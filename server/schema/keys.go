package schema

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"libslapi/server/dn"
)

// nameTable is what rules that need the schema itself (names, OIDs) look into.
// A schema and its clones share their rules and so this table; it holds the
// elements of the one that was added to last. Each state is never changed.
type nameTable struct {
	state atomic.Pointer[nameState]
}

type nameState struct {
	types   map[string]*AttributeType
	classes map[string]*ObjectClass
	rules   map[string]*MatchingRule
	lower   bool // names in lower case, values not held against their syntax
}

// Canon gives the table as dn.Canon.
func (n *nameTable) CanonAVA(typ string, value []byte) (string, []byte, error) {
	st := n.state.Load()
	return canonAVA(st.types, st.lower, typ, value)
}

func (n *nameTable) dnKey(v []byte) ([]byte, error) {
	d, err := dn.Parse(string(v))
	if err != nil {
		return nil, err
	}
	norm, err := d.Normalize(n)
	return []byte(norm), err
}

// dnMatch compares the places of two names in the tree.
func (n *nameTable) dnMatch(f func(value, assertion string) bool) func(v, a []byte) (bool, error) {
	return func(v, a []byte) (bool, error) {
		kv, err := n.dnKey(v)
		if err != nil {
			return false, err
		}
		ka, err := n.dnKey(a)
		if err != nil {
			return false, err
		}
		return f(string(kv), string(ka)), nil
	}
}

func (n *nameTable) rdnKey(v []byte) ([]byte, error) {
	r, err := dn.ParseRDN(string(v))
	if err != nil {
		return nil, err
	}
	norm, err := r.Normalize(n)
	return []byte(norm), err
}

// uidNameKey is the key of a Name And Optional UID: the name's normal form and
// the bit string as written.
func (n *nameTable) uidNameKey(v []byte) ([]byte, error) {
	name, uid := splitUID(v)
	k, err := n.dnKey(name)
	if err != nil || uid == nil {
		return k, err
	}
	return append(append(k, '#'), uid...), nil
}

// splitUID takes "#'0101'B" off the end of a value; uid is nil without one.
func splitUID(v []byte) (name, uid []byte) {
	i := bytes.LastIndexByte(v, '#')
	if i < 0 || validBitString(v[i+1:]) != nil {
		return v, nil
	}
	return v[:i], v[i+1:]
}

// oidKey is the numeric OID of a descriptor that the schema knows, else the
// word in lower case. A name of both a class and an attribute type means the
// class.
func (n *nameTable) oidKey(v []byte) ([]byte, error) {
	w := bytes.TrimSpace(v)
	if len(w) == 0 {
		return nil, errOID
	}
	if isDigit(w[0]) {
		return w, nil
	}
	st := n.state.Load()
	name := string(w)
	if c := lookup(st.classes, name); c != nil {
		return []byte(strings.ToLower(c.OID)), nil
	}
	if t := lookup(st.types, name); t != nil {
		return []byte(strings.ToLower(t.OID)), nil
	}
	if r := lookup(st.rules, name); r != nil {
		return []byte(r.OID), nil
	}
	return []byte(strings.ToLower(name)), nil
}

func (n *nameTable) firstOID(v []byte) ([]byte, error) {
	c, err := firstComponent(v)
	if err != nil {
		return nil, err
	}
	return n.oidKey(c)
}

// CanonAVA implements dn.Canon: the type's first name in lower case, or of an
// unknown type the name as given in lower case, and the value prepared by the
// equality rule as text. Unless Compat389 was chosen a value that its syntax does
// not allow is an error.
func (s *Schema) CanonAVA(typ string, value []byte) (string, []byte, error) {
	return canonAVA(s.types, s.opt.compat389, typ, value)
}

func canonAVA(types map[string]*AttributeType, lower bool, typ string, value []byte) (string, []byte, error) {
	t := lookup(types, typ)
	if t == nil {
		v, _ := lenient(value)
		return strings.ToLower(typ), v, nil
	}
	if lower {
		v, _ := lenient(value)
		if t.Syntax.OID == oidDN && t.Equality != nil {
			// a name within the name; as case-ignore text when it is none
			for _, name := range [][]byte{value, v} {
				if k, err := t.Equality.Normalize(name); err == nil {
					return t.canonName(), k, nil
				}
			}
		}
		return t.canonName(), v, nil
	}
	if t.Syntax.Validate != nil {
		if err := t.Syntax.Validate(value); err != nil {
			return "", nil, err
		}
	}
	if t.Equality == nil {
		v, _ := lenient(value)
		return t.canonName(), v, nil
	}
	f := t.Equality.canon
	if f == nil {
		f = t.Equality.Normalize
	}
	v, err := f(value)
	return t.canonName(), v, err
}

func (t *AttributeType) canonName() string {
	if t.lower != "" {
		return t.lower
	}
	return strings.ToLower(t.Name())
}

var (
	errInteger = errors.New("not an integer")
	errOID     = errors.New("not an OID or a name")
	errTime    = errors.New("not a time")
	errUUID    = errors.New("not a UUID")
	errCSN     = errors.New("not a change sequence number")
	errBoolean = errors.New("neither TRUE nor FALSE")
)

// splitInteger checks the text of an integer and drops leading zeros; zero is
// not negative and has the digit "0".
func splitInteger(v []byte) (negative bool, digits []byte, err error) {
	d := bytes.TrimSpace(v)
	if len(d) > 0 && (d[0] == '-' || d[0] == '+') {
		negative = d[0] == '-'
		d = d[1:]
	}
	if len(d) == 0 {
		return false, nil, errInteger
	}
	for _, c := range d {
		if !isDigit(c) {
			return false, nil, errInteger
		}
	}
	for len(d) > 1 && d[0] == '0' {
		d = d[1:]
	}
	if len(d) > maxDigits {
		return false, nil, errInteger
	}
	return negative && d[0] != '0', d, nil
}

const maxDigits = 0xffff

// integerKey gives keys that sort as the numbers do: an octet for sign and
// number of digits (two more where there are many), then the digits; of a
// negative number everything is complemented.
func integerKey(v []byte) ([]byte, error) {
	negative, d, err := splitInteger(v)
	if err != nil {
		return nil, err
	}
	k := make([]byte, 0, len(d)+3)
	if len(d) < 0x7f {
		k = append(k, 0x80+byte(len(d)))
	} else {
		k = append(k, 0xff, byte(len(d)>>8), byte(len(d)))
	}
	k = append(k, d...)
	if negative {
		for i := range k {
			k[i] = ^k[i]
		}
	}
	return k, nil
}

func integerText(v []byte) ([]byte, error) {
	negative, d, err := splitInteger(v)
	if err != nil || !negative {
		return d, err
	}
	return append([]byte{'-'}, d...), nil
}

// parseInt64 reads an integer for the bit rules. Unsigned values up to 64 bits
// pass, for their bits.
func parseInt64(v []byte) (int64, error) {
	t := strings.TrimSpace(string(v))
	n, err := strconv.ParseInt(t, 10, 64)
	if err == nil {
		return n, nil
	}
	u, err := strconv.ParseUint(t, 10, 64)
	if err != nil {
		return 0, errInteger
	}
	return int64(u), nil
}

func booleanKey(v []byte) ([]byte, error) {
	switch t := strings.ToUpper(strings.TrimSpace(string(v))); t {
	case "TRUE", "FALSE":
		return []byte(t), nil
	}
	return nil, errBoolean
}

func bitStringKey(v []byte) ([]byte, error) {
	if err := validBitString(v); err != nil {
		return nil, err
	}
	return v, nil
}

// ParseTime reads a value of the Generalized Time syntax (RFC 4517 section
// 3.3.13). fraction is the digits behind the seconds, without trailing zeros.
func ParseTime(v []byte) (t time.Time, fraction string, err error) {
	s := string(v)
	num := func(n, lo, hi int) (int, bool) {
		if len(s) < n {
			return 0, false
		}
		x := 0
		for i := 0; i < n; i++ {
			if !isDigit(s[i]) {
				return 0, false
			}
			x = x*10 + int(s[i]-'0')
		}
		s = s[n:]
		return x, lo <= x && x <= hi
	}
	bad := func() (time.Time, string, error) { return time.Time{}, "", errTime }
	year, ok1 := num(4, 0, 9999)
	month, ok2 := num(2, 1, 12)
	day, ok3 := num(2, 1, 31)
	hour, ok4 := num(2, 0, 23)
	if !ok1 || !ok2 || !ok3 || !ok4 || day > daysIn(year, month) {
		return bad()
	}
	unit := time.Hour
	minute, second := 0, 0
	if s != "" && isDigit(s[0]) {
		var ok bool
		if minute, ok = num(2, 0, 59); !ok {
			return bad()
		}
		unit = time.Minute
		if s != "" && isDigit(s[0]) {
			if second, ok = num(2, 0, 60); !ok {
				return bad()
			}
			unit = time.Second
		}
	}
	var extra time.Duration
	if s != "" && (s[0] == '.' || s[0] == ',') {
		n := 1
		for n < len(s) && isDigit(s[n]) {
			n++
		}
		if n == 1 || n > 64 {
			return bad()
		}
		digits := strings.TrimRight(s[1:n], "0")
		s = s[n:]
		if unit == time.Second {
			fraction = digits
		} else if digits != "" {
			f, err := strconv.ParseFloat("0."+digits, 64)
			if err != nil {
				return bad()
			}
			extra = time.Duration(f * float64(unit)).Round(time.Microsecond)
		}
	}
	var zone time.Duration
	switch {
	case s == "Z":
	case len(s) == 3 || len(s) == 5:
		sign := s[0]
		s = s[1:]
		h, ok := num(2, 0, 23)
		m := 0
		if ok && s != "" {
			m, ok = num(2, 0, 59)
		}
		if !ok || sign != '+' && sign != '-' {
			return bad()
		}
		zone = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if sign == '-' {
			zone = -zone
		}
	default:
		return bad()
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Add(extra - zone)
	if ns := t.Nanosecond(); ns != 0 {
		fraction = strings.TrimRight(strconv.Itoa(1e9 + ns)[1:], "0")
	}
	t = t.Truncate(time.Second)
	if t.Year() < 0 || t.Year() > 9999 {
		return bad()
	}
	return t, fraction, nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// timeKey is the time in UTC without its Z, so that a fraction sorts behind
// the whole second.
func timeKey(v []byte) ([]byte, error) {
	t, fraction, err := ParseTime(v)
	if err != nil {
		return nil, err
	}
	k := t.AppendFormat(make([]byte, 0, 24), "20060102150405")
	if fraction != "" {
		k = append(append(k, '.'), fraction...)
	}
	return k, nil
}

func timeText(v []byte) ([]byte, error) {
	k, err := timeKey(v)
	if err != nil {
		return nil, err
	}
	return append(k, 'Z'), nil
}

// uuidKey is the 16 octets of the UUID.
func uuidKey(v []byte) ([]byte, error) {
	if len(v) != 36 || v[8] != '-' || v[13] != '-' || v[18] != '-' || v[23] != '-' {
		return nil, errUUID
	}
	var h [32]byte
	n := 0
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		h[n] = c
		n++
	}
	k := make([]byte, 16)
	if _, err := hex.Decode(k, h[:]); err != nil {
		return nil, errUUID
	}
	return k, nil
}

func uuidText(v []byte) ([]byte, error) {
	if _, err := uuidKey(v); err != nil {
		return nil, err
	}
	return bytes.ToLower(v), nil
}

// csnKey checks "YYYYmmddHHMMSS.uuuuuuZ#cccccc#sss#mmmmmm", or the form without
// microseconds and with a two-digit site that OpenLDAP 2.3 wrote, which is
// brought into the first. Such texts sort by age.
func csnKey(v []byte) ([]byte, error) {
	parts := strings.Split(string(v), "#")
	if len(parts) != 4 {
		return nil, errCSN
	}
	t := parts[0]
	if len(t) == 15 {
		t = t[:14] + ".000000Z"
	}
	if len(parts[2]) == 2 {
		parts[2] = "0" + parts[2]
	}
	if len(t) != 22 || t[14] != '.' || t[21] != 'Z' || len(parts[1]) != 6 || len(parts[2]) != 3 || len(parts[3]) != 6 {
		return nil, errCSN
	}
	if _, _, err := ParseTime([]byte(t)); err != nil {
		return nil, errCSN
	}
	for _, p := range parts[1:] {
		if !isHex(p) {
			return nil, errCSN
		}
	}
	return []byte(t + "#" + strings.ToLower(parts[1]) + "#" + strings.ToLower(parts[2]) + "#" + strings.ToLower(parts[3])), nil
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return s != ""
}

// csnSIDKey checks a site number, three hex digits.
func csnSIDKey(v []byte) ([]byte, error) {
	if len(v) != 3 || !isHex(string(v)) {
		return nil, errCSN
	}
	return bytes.ToLower(v), nil
}

// csnSIDOf is the site number of a CSN.
func csnSIDOf(v []byte) ([]byte, error) {
	k, err := csnKey(v)
	if err != nil {
		return nil, err
	}
	return k[30:33], nil
}
