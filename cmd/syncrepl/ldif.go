package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"

	"libslapi/syncrepl"
)

// ldifWriter writes change records (RFC 2849) that ldapmodify takes.
type ldifWriter struct {
	w      io.Writer
	headed bool
}

func (l *ldifWriter) message(c *change) ([]byte, error) {
	if c.entry == nil {
		return nil, nil
	}
	var b bytes.Buffer
	dn := c.DN
	if c.Event == "rename" {
		dn = c.OldDN
	}
	b.WriteString("# entryUUID " + c.UUID + "\n")
	ldifLine(&b, "dn", []byte(dn))
	switch c.Event {
	case "add":
		b.WriteString("changetype: add\n")
		for _, a := range c.entry.Attributes {
			for _, v := range a.Values {
				ldifLine(&b, a.Name, v)
			}
		}
	case "delete":
		b.WriteString("changetype: delete\n")
	case "rename":
		rdn, superior := cutDN(c.DN)
		_, oldSuperior := cutDN(c.OldDN)
		b.WriteString("changetype: modrdn\n")
		ldifLine(&b, "newrdn", []byte(rdn))
		b.WriteString("deleteoldrdn: 1\n")
		if superior != oldSuperior {
			ldifLine(&b, "newsuperior", []byte(superior))
		}
	case "change":
		b.WriteString("changetype: modify\n")
		for _, d := range c.diffs {
			ldifModify(&b, c.entry, d)
		}
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (l *ldifWriter) deliver(record []byte) error {
	if !l.headed {
		l.headed = true
		record = append([]byte("version: 1\n\n"), record...)
	}
	_, err := l.w.Write(record)
	return err
}

// ldifModify replaces the attribute as a whole, since a single value cannot be
// deleted from an attribute without an equality rule.
func ldifModify(b *bytes.Buffer, e *syncrepl.Entry, d syncrepl.Diff) {
	b.WriteString("replace: " + d.Name + "\n")
	if !d.Gone {
		for _, v := range e.Raw(d.Name) {
			ldifLine(b, d.Name, v)
		}
	}
	b.WriteString("-\n")
}

// ldifLine writes "name: value", in base64 if it must be, folded after 76 octets.
func ldifLine(b *bytes.Buffer, name string, value []byte) {
	line := name + ": " + string(value)
	if !safe(value) {
		line = name + ":: " + base64.StdEncoding.EncodeToString(value)
	}
	for limit := 76; len(line) > limit; limit = 75 {
		b.WriteString(line[:limit] + "\n ")
		line = line[limit:]
	}
	b.WriteString(line + "\n")
}

// safe is the SAFE-STRING of RFC 2849, with no space at the end either.
func safe(v []byte) bool {
	if len(v) == 0 {
		return true
	}
	if strings.IndexByte(" :<", v[0]) >= 0 || v[len(v)-1] == ' ' {
		return false
	}
	for _, c := range v {
		if c == 0 || c == '\n' || c == '\r' || c >= 0x80 {
			return false
		}
	}
	return true
}

// cutDN cuts a DN after its first RDN.
func cutDN(dn string) (rdn, superior string) {
	quoted := false
	for i := 0; i < len(dn); i++ {
		switch dn[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',', ';':
			if !quoted {
				return strings.TrimSpace(dn[:i]), strings.TrimSpace(dn[i+1:])
			}
		}
	}
	return dn, ""
}
