package schema

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"libslapi/server/dn"
)

// Validators of the string syntaxes of RFC 4517 section 3.3.

var (
	errEmpty  = errors.New("empty value")
	errChar   = errors.New("character not allowed")
	errFormat = errors.New("wrong form")
)

func validDirectoryString(v []byte) error {
	if len(v) == 0 {
		return errEmpty
	}
	if !utf8.Valid(v) {
		return errUTF8
	}
	return nil
}

func validIA5(v []byte) error {
	for _, c := range v {
		if c >= 0x80 {
			return errChar
		}
	}
	return nil
}

var printable = func() (t [256]bool) {
	for c := 0; c < 0x80; c++ {
		t[c] = isAlpha(byte(c)) || isDigit(byte(c)) || strings.IndexByte("'()+,-.=/:? ", byte(c)) >= 0
	}
	return t
}()

func validPrintable(v []byte) error {
	if len(v) == 0 {
		return errEmpty
	}
	for _, c := range v {
		if !printable[c] {
			return errChar
		}
	}
	return nil
}

func validCountry(v []byte) error {
	if len(v) != 2 {
		return errFormat
	}
	return validPrintable(v)
}

func validNumericString(v []byte) error {
	if len(v) == 0 {
		return errEmpty
	}
	for _, c := range v {
		if !isDigit(c) && c != ' ' {
			return errChar
		}
	}
	return nil
}

func validBoolean(v []byte) error {
	if string(v) == "TRUE" || string(v) == "FALSE" {
		return nil
	}
	return errBoolean
}

// validInteger: no sign but minus, no leading zero, no negative zero.
func validInteger(v []byte) error {
	d := v
	if len(d) > 0 && d[0] == '-' {
		if d = d[1:]; len(d) == 1 && d[0] == '0' {
			return errInteger
		}
	}
	if len(d) == 0 || len(d) > maxDigits || len(d) > 1 && d[0] == '0' {
		return errInteger
	}
	for _, c := range d {
		if !isDigit(c) {
			return errInteger
		}
	}
	return nil
}

// validBitString: '0101'B.
func validBitString(v []byte) error {
	n := len(v)
	if n < 3 || v[0] != '\'' || v[n-2] != '\'' || v[n-1] != 'B' {
		return errFormat
	}
	for _, c := range v[1 : n-2] {
		if c != '0' && c != '1' {
			return errChar
		}
	}
	return nil
}

func validDN(v []byte) error {
	if !utf8.Valid(v) {
		return errUTF8
	}
	_, err := dn.Parse(string(v))
	return err
}

func validRDN(v []byte) error {
	_, err := dn.ParseRDN(string(v))
	return err
}

func validNameAndUID(v []byte) error {
	name, _ := splitUID(v)
	return validDN(name)
}

func validOID(v []byte) error {
	if s := string(v); isDescr(s) || IsNumericOID(s) {
		return nil
	}
	return errOID
}

func validUUID(v []byte) error {
	_, err := uuidKey(v)
	return err
}

func validCSN(v []byte) error {
	_, err := csnKey(v)
	return err
}

func validCSNSID(v []byte) error {
	_, err := csnSIDKey(v)
	return err
}

// validGeneralizedTime checks the text itself; any form that ParseTime reads.
func validGeneralizedTime(v []byte) error {
	_, _, err := ParseTime(v)
	return err
}

// validUTCTime: YYMMDDhhmm[ss](Z|+hhmm|-hhmm), also without a zone. The year
// stands for 1950 to 2049.
func validUTCTime(v []byte) error {
	s := string(v)
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n != 10 && n != 12 {
		return errTime
	}
	zone := s[n:]
	switch {
	case zone == "":
		zone = "Z"
	case zone == "Z":
	case len(zone) != 5:
		return errTime
	}
	century := "19"
	if s[0] < '5' {
		century = "20"
	}
	_, _, err := ParseTime([]byte(century + s[:n] + zone))
	return err
}

// validPostalAddress: lines of UTF-8 between dollar signs, "\" only in \24 and
// \5C. Empty lines pass, as in slapd.
func validPostalAddress(v []byte) error {
	if err := validDirectoryString(v); err != nil {
		return err
	}
	return validEscapes(v, "24", "5C")
}

// validEscapes checks that each backslash begins one of the escapes.
func validEscapes(v []byte, escapes ...string) error {
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' {
			continue
		}
		ok := false
		for _, e := range escapes {
			if i+2 < len(v) && strings.EqualFold(string(v[i+1:i+3]), e) {
				ok = true
			}
		}
		if !ok {
			return errFormat
		}
		i += 2
	}
	return nil
}

// validOtherMailbox: a printable mailbox type, "$", an IA5 mailbox.
func validOtherMailbox(v []byte) error {
	typ, box, ok := bytes.Cut(v, []byte("$"))
	if !ok {
		return errFormat
	}
	if err := validPrintable(typ); err != nil {
		return err
	}
	return validIA5(box)
}

// validFacsimile: a telephone number and G3 parameters behind dollar signs. Any
// word may be a parameter: slapd takes them, so they are in people's data.
func validFacsimile(v []byte) error { return validDollarList(v) }

// validTelex: number, country code and answerback between dollar signs. As in
// slapd parts may be missing.
func validTelex(v []byte) error { return validDollarList(v) }

// validDollarList: printable strings between dollar signs.
func validDollarList(v []byte) error {
	for _, p := range bytes.Split(v, []byte("$")) {
		if err := validPrintable(p); err != nil {
			return err
		}
	}
	return nil
}

// validTeletex: a printable terminal and parameters "key:octets" behind dollar signs.
func validTeletex(v []byte) error {
	parts := bytes.Split(v, []byte("$"))
	if err := validPrintable(parts[0]); err != nil {
		return err
	}
	for _, p := range parts[1:] {
		key, _, ok := bytes.Cut(p, []byte(":"))
		switch string(key) {
		case "graphic", "control", "misc", "page", "private":
		default:
			ok = false
		}
		if !ok {
			return errFormat
		}
		if err := validEscapes(p, "24", "5C"); err != nil {
			return err
		}
	}
	return nil
}

func validDeliveryMethod(v []byte) error {
	for _, m := range strings.Split(string(v), "$") {
		switch strings.ToLower(strings.Trim(m, " ")) {
		case "any", "mhs", "physical", "telex", "teletex", "g3fax", "g4fax", "ia5", "videotex", "telephone":
		default:
			return errFormat
		}
	}
	return nil
}

// validSubstringAssertion: pieces between asterisks, at least one asterisk,
// "\" only in \2A and \5C, no empty piece inside.
func validSubstringAssertion(v []byte) error {
	if !utf8.Valid(v) {
		return errUTF8
	}
	parts := bytes.Split(v, []byte("*"))
	if len(parts) < 2 {
		return errFormat
	}
	for i, p := range parts {
		if len(p) == 0 && i > 0 && i < len(parts)-1 {
			return errEmpty
		}
		if err := validEscapes(p, "2A", "5C"); err != nil {
			return err
		}
	}
	return nil
}

// validNetgroupTriple: "(host,user,domain)", each may be empty or "-" (RFC 2307).
func validNetgroupTriple(v []byte) error {
	n := len(v)
	if n < 4 || v[0] != '(' || v[n-1] != ')' {
		return errFormat
	}
	parts := bytes.Split(v[1:n-1], []byte(","))
	if len(parts) != 3 {
		return errFormat
	}
	for _, p := range parts {
		p = bytes.TrimSpace(p)
		if len(p) == 0 || len(p) == 1 && p[0] == '-' {
			continue
		}
		for _, c := range p {
			if !isAlpha(c) && !isDigit(c) && strings.IndexByte("-_.@", c) < 0 {
				return errChar
			}
		}
	}
	return nil
}

// validBootParameter: "key=server:path" (RFC 2307).
func validBootParameter(v []byte) error {
	key, rest, ok := strings.Cut(string(v), "=")
	if !ok || key == "" {
		return errFormat
	}
	server, path, ok := strings.Cut(rest, ":")
	if !ok || server == "" || path == "" {
		return errFormat
	}
	return validIA5(v)
}

// validSequence: one BER SEQUENCE that fills the value.
func validSequence(v []byte) error {
	if len(v) < 2 || v[0] != 0x30 {
		return errFormat
	}
	n, head := int(v[1]), 2
	if n&0x80 != 0 {
		k := n & 0x7f
		if k == 0 || k > 4 || len(v) < 2+k {
			return errFormat
		}
		n = 0
		for _, b := range v[2 : 2+k] {
			n = n<<8 | int(b)
		}
		head += k
	}
	if n != len(v)-head {
		return errFormat
	}
	return nil
}
