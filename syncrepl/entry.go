package syncrepl

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// UUID identifies an entry for its whole life (entryUUID, RFC 4530). It stays
// the same when the entry is renamed.
type UUID = uuid.UUID

// Attribute is an attribute description with its values, in the order in which
// the server sent them.
type Attribute struct {
	Name   string // with options, as the server wrote it: "cn;lang-de"
	Values [][]byte
}

// Entry is an entry of the search's content. The client gives a fresh Entry to
// each callback and does not keep it; the receiver may.
type Entry struct {
	UUID       UUID
	DN         string
	Attributes []Attribute
}

// Values returns the values of the attribute as strings, nil when the entry
// lacks it. Letter case of the name does not matter; options do.
func (e *Entry) Values(name string) []string {
	raw := e.Raw(name)
	if raw == nil {
		return nil
	}
	out := make([]string, len(raw))
	for i, v := range raw {
		out[i] = string(v)
	}
	return out
}

// Value returns the first value of the attribute, "" when there is none.
func (e *Entry) Value(name string) string {
	if raw := e.Raw(name); len(raw) > 0 {
		return string(raw[0])
	}
	return ""
}

// Raw returns the values of the attribute as they are stored.
func (e *Entry) Raw(name string) [][]byte {
	for i := range e.Attributes {
		if strings.EqualFold(e.Attributes[i].Name, name) {
			return e.Attributes[i].Values
		}
	}
	return nil
}

// MarshalJSON writes {"uuid":..., "dn":..., "attributes":{"cn":["..."]}} with the
// attributes in their order. A value that is not UTF-8 is {"base64":"..."}.
func (e *Entry) MarshalJSON() ([]byte, error) {
	b := append([]byte(nil), `{"uuid":"`...)
	b = append(b, e.UUID.String()...)
	b = append(b, `","dn":`...)
	b = appendJSONString(b, e.DN)
	b = append(b, `,"attributes":`...)
	b = appendAttributesJSON(b, e.Attributes)
	return append(b, '}'), nil
}

func appendJSONString(b []byte, s string) []byte {
	// json.Marshal of a string cannot fail; HTML characters need no escape here.
	var sb strings.Builder
	enc := json.NewEncoder(&sb)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return append(b, strings.TrimSuffix(sb.String(), "\n")...)
}

func appendAttributesJSON(b []byte, attrs []Attribute) []byte {
	b = append(b, '{')
	for i, a := range attrs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSONString(b, a.Name)
		b = append(b, ':', '[')
		for j, v := range a.Values {
			if j > 0 {
				b = append(b, ',')
			}
			if utf8.Valid(v) {
				b = appendJSONString(b, string(v))
				continue
			}
			b = append(b, `{"base64":"`...)
			b = base64.StdEncoding.AppendEncode(b, v)
			b = append(b, `"}`...)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var raw struct {
		UUID       UUID            `json:"uuid"`
		DN         string          `json:"dn"`
		Attributes json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	e.UUID, e.DN, e.Attributes = raw.UUID, raw.DN, nil
	if len(raw.Attributes) == 0 {
		return nil
	}
	attrs, err := parseAttributesJSON(raw.Attributes)
	e.Attributes = attrs
	return err
}

// jsonValue is one value: a string, or an object that holds base64.
type jsonValue []byte

func (v *jsonValue) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var s string
		err := json.Unmarshal(data, &s)
		*v = jsonValue(s)
		return err
	}
	var o struct {
		Base64 []byte `json:"base64"`
	}
	err := json.Unmarshal(data, &o)
	*v = o.Base64
	return err
}

func parseAttributesJSON(data []byte) ([]Attribute, error) {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if tok == nil {
		return nil, nil
	}
	if tok != json.Delim('{') {
		return nil, errors.New("attributes are not an object")
	}
	var attrs []Attribute
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var values []jsonValue
		if err := dec.Decode(&values); err != nil {
			return nil, err
		}
		a := Attribute{Name: name.(string), Values: make([][]byte, len(values))}
		for i, v := range values {
			a.Values[i] = v
		}
		attrs = append(attrs, a)
	}
	_, err = dec.Token()
	return attrs, err
}

// recordVersion is the first byte of a record as the file store keeps it.
const recordVersion = 1

var errRecord = errors.New("damaged record")

// appendRecord writes the entry without its UUID, which is the record's key.
func appendRecord(b []byte, e *Entry) []byte {
	b = append(b, recordVersion)
	b = appendBytes(b, e.DN)
	b = binary.AppendUvarint(b, uint64(len(e.Attributes)))
	for _, a := range e.Attributes {
		b = appendBytes(b, a.Name)
		b = binary.AppendUvarint(b, uint64(len(a.Values)))
		for _, v := range a.Values {
			b = appendBytes(b, v)
		}
	}
	return b
}

func appendBytes[T string | []byte](b []byte, v T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// decodeRecord reads what appendRecord wrote. It copies, since the bytes of a
// file store are valid only within the transaction.
func decodeRecord(id UUID, data []byte) (*Entry, error) {
	if len(data) == 0 || data[0] != recordVersion {
		return nil, errRecord
	}
	r := recordReader{b: append([]byte(nil), data[1:]...)}
	e := &Entry{UUID: id, DN: string(r.bytes())}
	for n := r.count(); n > 0 && !r.bad; n-- {
		a := Attribute{Name: string(r.bytes())}
		for m := r.count(); m > 0 && !r.bad; m-- {
			a.Values = append(a.Values, r.bytes())
		}
		e.Attributes = append(e.Attributes, a)
	}
	if r.bad || len(r.b) != 0 {
		return nil, errRecord
	}
	return e, nil
}

type recordReader struct {
	b   []byte
	bad bool
}

// count reads a number of items, each of which takes at least one byte.
func (r *recordReader) count() uint64 {
	n, k := binary.Uvarint(r.b)
	if k <= 0 || n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[k:]
	return n
}

func (r *recordReader) bytes() []byte {
	n := r.count()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}
