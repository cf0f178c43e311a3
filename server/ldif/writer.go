package ldif

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"libslapi/server/wire"
)

// width is the length of an output line, the leading blank of a continuation
// included: what slapcat and ldapsearch write.
const width = 78

// Writer writes records, each with a blank line behind it, in the form of
// slapcat: lines folded, values in base 64 that are not plain ASCII text, and
// always that of userPassword, so that nobody reads one over a shoulder.
type Writer struct {
	out io.Writer
	buf []byte // one record
}

// NewWriter returns a Writer to w. Every record is one Write.
func NewWriter(w io.Writer) *Writer { return &Writer{out: w} }

// Entry writes a content record.
func (w *Writer) Entry(dn string, attrs []wire.Attribute) error {
	w.buf = AppendLine(w.buf[:0], "dn", []byte(dn))
	w.attrs(attrs)
	return w.flush()
}

func (w *Writer) attrs(attrs []wire.Attribute) {
	for i := range attrs {
		for _, v := range attrs[i].Values {
			w.buf = AppendLine(w.buf, attrs[i].Type, v)
		}
	}
}

func (w *Writer) flush() error {
	w.buf = append(w.buf, '\n')
	_, err := w.out.Write(w.buf)
	return err
}

func (w *Writer) line(name, value string) { w.buf = AppendLine(w.buf, name, []byte(value)) }

// Change writes any record: a change record, or a content record when it has
// no ChangeType. An unknown ChangeType is an error.
func (w *Writer) Change(rec *Record) error {
	w.buf = AppendLine(w.buf[:0], "dn", []byte(rec.DN))
	if rec.ChangeType != "" {
		for _, c := range rec.Controls {
			w.control(c)
		}
		w.line("changetype", rec.ChangeType)
	}
	switch rec.ChangeType {
	case "", "add":
		w.attrs(rec.Attrs)
	case "delete":
	case "modify":
		for _, c := range rec.Changes {
			if err := w.modification(c); err != nil {
				return err
			}
		}
	case "modrdn", "moddn":
		w.line("newrdn", rec.NewRDN)
		old := "0"
		if rec.DeleteOldRDN {
			old = "1"
		}
		w.line("deleteoldrdn", old)
		if rec.HasNewSuperior {
			w.line("newsuperior", rec.NewSuperior)
		}
	default:
		return fmt.Errorf("ldif: changetype %q is unknown", rec.ChangeType)
	}
	return w.flush()
}

func (w *Writer) modification(c wire.Change) error {
	for name, op := range modOps {
		if op == c.Op {
			w.line(name, c.Type)
			w.attrs([]wire.Attribute{{Type: c.Type, Values: c.Values}})
			w.buf = append(w.buf, "-\n"...)
			return nil
		}
	}
	return fmt.Errorf("ldif: modification %d is unknown", c.Op)
}

// control writes "control: OID criticality[: value]", the value in base 64.
func (w *Writer) control(c wire.Control) {
	text := fmt.Sprintf("%s %t", c.OID, c.Critical)
	if c.HasValue {
		text += ":: " + base64.StdEncoding.EncodeToString(c.Value)
	}
	w.line("control", text)
}

// AppendLine appends one "name: value" line, folded, in the form that the
// value needs.
func AppendLine(dst []byte, name string, value []byte) []byte {
	start := len(dst)
	dst = append(dst, name...)
	dst = append(dst, ':')
	if len(value) == 0 {
		return append(fold(dst, start), '\n')
	}
	if Safe(value) && !secret(name) {
		dst = append(dst, ' ')
		dst = append(dst, value...)
	} else {
		dst = append(dst, ':', ' ')
		dst = base64.StdEncoding.AppendEncode(dst, value)
	}
	return append(fold(dst, start), '\n')
}

// fold breaks the line that begins at start.
func fold(dst []byte, start int) []byte {
	n := len(dst) - start
	if n <= width {
		return dst
	}
	breaks := (n - width + width - 2) / (width - 1)
	var pad [2]byte
	for range breaks {
		dst = append(dst, pad[:]...)
	}
	// From the last piece to the second, each moves to its place.
	for i := breaks; i > 0; i-- {
		from := start + width + (i-1)*(width-1)
		to := from + 2*i
		size := min(width-1, start+n-from)
		copy(dst[to:to+size], dst[from:from+size])
		dst[to-2], dst[to-1] = '\n', ' '
	}
	return dst
}

// Safe tells whether a value can stand behind "name: " as it is: printable
// ASCII that neither begins like one of LDIF's own marks nor begins or ends
// with a blank. An empty value is safe.
func Safe(v []byte) bool {
	if len(v) == 0 {
		return true
	}
	if c := v[0]; c == ' ' || c == ':' || c == '<' || v[len(v)-1] == ' ' {
		return false
	}
	for _, c := range v {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// secret tells whether a value is to be written in base 64 however plain.
func secret(name string) bool {
	name, _, _ = strings.Cut(name, ";")
	return strings.EqualFold(name, "userPassword") || name == "2.5.4.35"
}
