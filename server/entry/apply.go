package entry

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"libslapi/server/schema"
	"libslapi/server/wire"
)

// ApplyOptions change what Apply accepts.
type ApplyOptions struct {
	// Lenient is the permissive modify control: adding what is there and
	// deleting what is not there succeed and change nothing.
	Lenient bool
	// NoSchema leaves out the checks of type, syntax and number of values:
	// for changes that the server makes itself, and when schema checking is off.
	NoSchema bool
	// NoSyntax leaves out the check of the syntax alone.
	NoSyntax bool
	// AllowUnknown accepts attribute types that the schema lacks, but checks
	// the others. A schema of schema.Compat389 implies it: there such a type
	// is refused later, as not allowed by any class.
	AllowUnknown bool
	// KeepNames stores descriptions as the request spelled them; without it
	// they are stored in the schema's spelling, as both peers do.
	KeepNames bool
	// Bytewise lets values of a type without an equality rule be added beside
	// others and be deleted one by one, compared octet by octet; without it
	// both are inappropriateMatching (RFC 4511 section 4.6). A schema of
	// schema.Compat389 implies it.
	Bytewise bool
}

const (
	integerSyntax  = "1.3.6.1.4.1.1466.115.121.1.27"
	oidObjectClass = "2.5.4.0"
)

// Apply makes the changes of a modify request in their order (RFC 4511 section
// 4.6, increment of RFC 4525). The error is nil or a *wire.Error; after one the
// entry is half changed, so callers apply to a Clone and throw it away. Whether
// the outcome keeps the schema is CheckSchema's question. Values are kept, not
// copied. With a schema of schema.Compat389 codes 16 and 20 come without a
// text, as from ns-slapd.
func (e *Entry) Apply(s *schema.Schema, changes []wire.Change, opts ApplyOptions) error {
	if s.Compat389() {
		opts.AllowUnknown, opts.Bytewise = true, true
	}
	for i := range changes {
		if err := e.applyOne(s, &changes[i], opts); err != nil {
			if s.Compat389() && (err.Code == wire.NoSuchAttribute || err.Code == wire.AttributeOrValueExists) {
				err.Text = ""
			}
			return err
		}
	}
	return nil
}

func (e *Entry) applyOne(s *schema.Schema, c *wire.Change, opts ApplyOptions) *wire.Error {
	d, err := describe(s, c.Type, opts)
	if err != nil {
		return err
	}
	now := Attr{Type: d.Type, Options: d.Options, valid: !opts.NoSchema}
	name := now.Canonical()
	if now.Desc = name; opts.KeepNames {
		now.Desc = c.Type
	}
	if err := checkShape(c, name); err != nil {
		return err
	}
	if !opts.NoSchema {
		if err := checkValues(s, d.Type, name, c, opts); err != nil {
			return err
		}
	}
	bytewise := opts.NoSchema || opts.Bytewise
	switch c.Op {
	case wire.ModAdd:
		if e.Get(d) != nil && d.Type.Equality == nil && !bytewise {
			return wire.Errorf(wire.InappropriateMatching, "modify/add: %s: no equality matching rule", name)
		}
		return e.modAdd(now, name, c.Values, opts)
	case wire.ModDelete:
		if len(c.Values) > 0 && d.Type.Equality == nil && !bytewise {
			return wire.Errorf(wire.InappropriateMatching, "modify/delete: %s: no equality matching rule", name)
		}
		return e.modDelete(d, name, c.Values, opts, s.Compat389())
	case wire.ModReplace:
		e.modReplace(now, c.Values, s.Compat389())
		return nil
	default:
		return e.modIncrement(d, name, c.Values)
	}
}

// describe resolves an attribute description for a change.
func describe(s *schema.Schema, text string, opts ApplyOptions) (schema.Description, *wire.Error) {
	d, err := s.Describe(text)
	if err != nil && s.Compat389() {
		return d, wire.Errorf(wire.ObjectClassViolation, "attribute \"%s\" not allowed", text)
	}
	if err != nil {
		return d, wire.Errorf(wire.UndefinedAttributeType, "%s: AttributeDescription contains inappropriate characters", text)
	}
	if d.Type.Unknown && !opts.NoSchema && !opts.AllowUnknown {
		return d, wire.Errorf(wire.UndefinedAttributeType, "%s: attribute type undefined", text)
	}
	if !opts.NoSchema && !s.Compat389() && d.Has("binary") && !d.Type.Syntax.Binary {
		return d, wire.Errorf(wire.UndefinedAttributeType, "%s: option \"binary\" not supported with type", text)
	}
	return d, nil
}

// checkShape refuses what is wrong with a change whatever the schema says.
func checkShape(c *wire.Change, name string) *wire.Error {
	switch c.Op {
	case wire.ModAdd:
		if len(c.Values) == 0 {
			return wire.Errorf(wire.ProtocolError, "modify/add operation requires values")
		}
	case wire.ModIncrement:
		if len(c.Values) == 0 {
			return wire.Errorf(wire.ProtocolError, "modify/increment operation requires value")
		}
		if len(c.Values) > 1 {
			return wire.Errorf(wire.ProtocolError, "modify/increment operation requires single value")
		}
	case wire.ModDelete, wire.ModReplace:
	default:
		return wire.Errorf(wire.ProtocolError, "unrecognized modify operation")
	}
	return nil
}

// checkValues checks the values of one change against the attribute type.
func checkValues(s *schema.Schema, t *schema.AttributeType, name string, c *wire.Change, opts ApplyOptions) *wire.Error {
	if c.Op == wire.ModIncrement && t.Syntax.OID != integerSyntax {
		return wire.Errorf(wire.ConstraintViolation, "%s: attribute syntax inappropriate for increment", name)
	}
	if len(c.Values) == 0 {
		return nil
	}
	// A value to be deleted may be one that today's schema would refuse.
	if c.Op != wire.ModDelete {
		if !opts.NoSyntax {
			if err := checkSyntax(t, name, c.Values); err != nil {
				return err
			}
		}
		if t.SingleValue && len(c.Values) > 1 {
			return wire.Errorf(wire.ConstraintViolation, "%s: multiple values provided", name)
		}
		if t.OID == oidObjectClass && !s.Compat389() {
			for i, v := range c.Values {
				if s.ObjectClass(string(v)) == nil {
					return wire.Errorf(wire.InvalidAttributeSyntax, "%s: value #%d invalid per syntax", name, i)
				}
			}
		}
		if i := duplicate(t, c.Values); i >= 0 {
			return wire.Errorf(wire.AttributeOrValueExists, "%s: value #%d provided more than once", name, i)
		}
	}
	return nil
}

// TrustSyntax takes all values of e as values of their syntaxes: CheckSchema then
// does not look at them. For a server whose syntax check is off.
func (e *Entry) TrustSyntax() {
	for i := range e.Attrs {
		e.Attrs[i].valid = true
	}
}

// checkSyntax finds the first value that breaks the syntax of t.
func checkSyntax(t *schema.AttributeType, name string, values [][]byte) *wire.Error {
	if t.Syntax == nil || t.Syntax.Validate == nil {
		return nil
	}
	for i, v := range values {
		if t.Syntax.Validate(v) != nil {
			return wire.Errorf(wire.InvalidAttributeSyntax, "%s: value #%d invalid per syntax", name, i)
		}
	}
	return nil
}

func (e *Entry) modAdd(now Attr, name string, values [][]byte, opts ApplyOptions) *wire.Error {
	at := e.position(schema.Description{Type: now.Type, Options: now.Options})
	if at < 0 {
		at = len(e.Attrs)
		now.Values = make([][]byte, 0, len(values))
		e.Attrs = append(e.Attrs, now)
	}
	a := &e.Attrs[at]
	a.Values = slices.Clip(a.Values) // a clone's values share one array
	a.valid = a.valid && now.valid
	set := newValueSet(a, len(values))
	for i, v := range values {
		j, _ := set.find(v)
		if j < 0 {
			set.add(v)
		} else if !opts.Lenient {
			return wire.Errorf(wire.AttributeOrValueExists, "modify/add: %s: value #%d already exists", name, i)
		}
	}
	return nil
}

func (e *Entry) modDelete(d schema.Description, name string, values [][]byte, opts ApplyOptions, strict bool) *wire.Error {
	at := e.position(d)
	if at >= 0 && len(values) == 0 {
		e.removeAt(at)
		return nil
	}
	if at < 0 {
		if opts.Lenient {
			return nil
		}
		return wire.Errorf(wire.NoSuchAttribute, "modify/delete: %s: no such attribute", name)
	}
	a := &e.Attrs[at]
	set := newValueSet(a, len(values))
	gone := make([]bool, len(a.Values))
	left := len(a.Values)
	for n, v := range values {
		i, err := set.find(v)
		switch {
		case i >= 0 && !gone[i]:
			gone[i] = true
			left--
		case i >= 0 && !strict || opts.Lenient: // named twice in one change: gone already
		case err != nil:
			return wire.Errorf(wire.InvalidAttributeSyntax, "%s: value #%d invalid per syntax", name, n)
		default:
			return wire.Errorf(wire.NoSuchAttribute, "modify/delete: %s: no such value", name)
		}
	}
	if left == 0 {
		e.removeAt(at)
		return nil
	}
	keep := make([][]byte, 0, left)
	for i, v := range a.Values {
		if !gone[i] {
			keep = append(keep, v)
		}
	}
	a.Values = keep
	return nil
}

// modReplace puts values in the place of all that there are. slapd takes a
// replaced attribute for a new one, which comes last; with keepPlace it stays
// where it was.
func (e *Entry) modReplace(now Attr, values [][]byte, keepPlace bool) {
	at := e.position(schema.Description{Type: now.Type, Options: now.Options})
	now.Values = slices.Clone(values)
	if at >= 0 && keepPlace && len(values) > 0 {
		e.Attrs[at] = now
		return
	}
	if at >= 0 {
		e.removeAt(at)
	}
	if len(values) > 0 {
		e.Attrs = append(e.Attrs, now)
	}
}

func (e *Entry) modIncrement(d schema.Description, name string, values [][]byte) *wire.Error {
	by, err := strconv.ParseInt(string(values[0]), 10, 64)
	if err != nil {
		return wire.Errorf(wire.InvalidAttributeSyntax, "modify/increment: invalid syntax of increment")
	}
	a := e.Get(d)
	if a == nil {
		return wire.Errorf(wire.NoSuchAttribute, "modify/increment: %s: no such attribute", name)
	}
	sums := make([][]byte, len(a.Values))
	for i, v := range a.Values {
		n, err := strconv.ParseInt(strings.TrimSpace(string(v)), 10, 64)
		if err != nil {
			return wire.Errorf(wire.InvalidAttributeSyntax, "modify/increment: invalid syntax of original value")
		}
		if (by > 0 && n > math.MaxInt64-by) || (by < 0 && n < math.MinInt64-by) {
			return wire.Errorf(wire.ConstraintViolation, "modify/increment: %s: value out of range", name)
		}
		sums[i] = strconv.AppendInt(nil, n+by, 10)
	}
	a.Values = sums
	return nil
}
