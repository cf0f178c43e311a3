package overlay

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"libslapi/server/ber"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// controlValSort asks for the weights in the values.
const controlValSort = "1.3.6.1.4.1.4203.666.5.14"

// valSort puts values in order when entries are sent (slapo-valsort(5)).
type valSort struct{ rules []valSortRule }

type valSortRule struct {
	attr     *schema.AttributeType
	base     dn.Name
	weighted bool
	numeric  bool
	descend  bool
	sorted   bool // by value; false: by weight alone
}

func newValSort(env *Env, lines [][]string) (Overlay, error) {
	v := &valSort{}
	for _, l := range lines {
		if !strings.EqualFold(l[0], "valsort-attr") {
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		if len(l) < 4 || len(l) > 5 {
			return nil, fmt.Errorf("valsort-attr needs an attribute, a base and a method")
		}
		r := valSortRule{attr: env.Schema.AttributeType(l[1])}
		if r.attr == nil {
			return nil, fmt.Errorf("valsort-attr: unknown attribute %q", l[1])
		}
		var err error
		if r.base, err = dn.NewName(l[2], env.Schema); err != nil {
			return nil, fmt.Errorf("valsort-attr: %w", err)
		}
		if !dn.IsSuffix(r.base.Norm, env.Suffix.Norm) {
			return nil, fmt.Errorf("valsort-attr: %s is not within the database", r.base.Pretty)
		}
		for _, w := range l[3:] {
			kind, way, ok := strings.Cut(strings.ToLower(w), "-")
			switch {
			case kind == "weighted" && !ok && !r.weighted:
				r.weighted = true
			case ok && !r.sorted && (kind == "alpha" || kind == "numeric") && (way == "ascend" || way == "descend"):
				r.sorted, r.numeric, r.descend = true, kind == "numeric", way == "descend"
			default:
				return nil, fmt.Errorf("valsort-attr: unknown sort method %q", w)
			}
		}
		number := r.attr.Syntax.OID == "1.3.6.1.4.1.1466.115.121.1.27" || r.attr.Syntax.OID == "1.3.6.1.4.1.1466.115.121.1.36"
		if r.sorted && r.numeric != number {
			return nil, fmt.Errorf("valsort-attr: the sort method does not fit the syntax of %s", r.attr.Name())
		}
		v.rules = append(v.rules, r)
	}
	return v, nil
}

// Points implements Overlay.
func (*valSort) Points() []plugin.Point {
	return append(pointsOf(plugin.Pre, plugin.KindAdd|plugin.KindModify|plugin.KindSearch), plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry})
}

// Start implements Starter.
func (*valSort) Start(s plugin.Services) (func(), error) {
	s.RegisterControl(controlValSort, plugin.KindSearch)
	return func() {}, nil
}

// Run implements Overlay.
func (v *valSort) Run(s plugin.Services, p plugin.Point, op *plugin.Operation) *wire.Error {
	switch {
	case op.Internal:
	case p.Slot == plugin.SlotEntry:
		v.sort(s, op)
	case op.Kind == plugin.KindSearch:
		_, err := weightsWanted(op)
		return err
	case op.Kind == plugin.KindAdd:
		for _, r := range v.rules {
			if r.weighted && dn.IsSuffix(op.Target.Norm, r.base.Norm) {
				for a := range op.Add.Entry.Matching(r.attr) {
					if err := checkWeights(a.Values); err != nil {
						return err
					}
				}
			}
		}
	case op.Kind == plugin.KindModify:
		for _, c := range op.Modify.Changes {
			d, err := s.Schema().Describe(c.Type)
			for _, r := range v.rules {
				if err == nil && r.weighted && d.Type.Is(r.attr) && dn.IsSuffix(op.Target.Norm, r.base.Norm) && c.Op != wire.ModDelete {
					if err := checkWeights(c.Values); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// weightsWanted reads the control.
func weightsWanted(op *plugin.Operation) (bool, *wire.Error) {
	for i := range op.Controls {
		c := &op.Controls[i]
		if c.OID != controlValSort {
			continue
		}
		if !c.HasValue {
			return false, wire.Errorf(wire.ProtocolError, "valSort control value is absent")
		}
		cur := ber.NewCursor(c.Value)
		seq := cur.Enter(ber.TagSequence)
		on := seq.Bool()
		if seq.Err() != nil || cur.Err() != nil {
			return false, wire.Errorf(wire.ProtocolError, "valSort control: flag decoding error")
		}
		return on, nil
	}
	return false, nil
}

// weight splits {n} from a value.
func weight(v []byte) (n int64, rest []byte, err error) {
	if len(v) == 0 || v[0] != '{' {
		return 0, v, fmt.Errorf("weight missing from attribute")
	}
	j := bytes.IndexByte(v, '}')
	if j < 0 {
		return 0, v, fmt.Errorf("weight is misformatted")
	}
	if n, err = strconv.ParseInt(string(v[1:j]), 0, 64); err != nil {
		return 0, v, fmt.Errorf("weight is misformatted")
	}
	return n, v[j+1:], nil
}

func checkWeights(values [][]byte) *wire.Error {
	for _, v := range values {
		if _, _, err := weight(v); err != nil {
			return wire.Errorf(wire.ConstraintViolation, "%v", err)
		}
	}
	return nil
}

// sort puts the values of the entry on its way in order.
func (v *valSort) sort(s plugin.Services, op *plugin.Operation) {
	e := op.Current
	var own *entry.Entry
	keep, _ := weightsWanted(op)
	for _, r := range v.rules {
		if e == nil || !dn.IsSuffix(e.Name.Norm, r.base.Norm) {
			continue
		}
		for i := range e.Attrs {
			if !e.Attrs[i].Type.Is(r.attr) || keep && r.weighted || len(e.Attrs[i].Values) < 2 && !r.weighted {
				continue
			}
			if own == nil {
				own = e.Clone()
			}
			own.Attrs[i].Values = r.order(own.Attrs[i].Values)
		}
	}
	if own != nil {
		op.Current = own
	}
}

// order gives values in order, without their weights.
func (r *valSortRule) order(values [][]byte) [][]byte {
	type item struct {
		weight    int64
		key, show []byte
	}
	list := make([]item, len(values))
	for i, v := range values {
		it := item{show: v, key: v}
		if r.weighted {
			var rest []byte
			it.weight, rest, _ = weight(v)
			it.key, it.show = rest, rest
		}
		if key, err := r.attr.EqualityKey(it.key); err == nil {
			it.key = key
		}
		list[i] = it
	}
	slices.SortStableFunc(list, func(a, b item) int {
		if a.weight != b.weight {
			if a.weight < b.weight {
				return -1
			}
			return 1
		}
		if !r.sorted {
			return 0
		}
		n := bytes.Compare(a.key, b.key)
		if r.numeric {
			n = compareNumbers(a.show, b.show)
		}
		if r.descend {
			n = -n
		}
		return n
	})
	out := make([][]byte, len(list))
	for i := range list {
		out[i] = list[i].show
	}
	return out
}

func compareNumbers(a, b []byte) int {
	x, ex := strconv.ParseInt(strings.ReplaceAll(string(a), " ", ""), 10, 64)
	y, ey := strconv.ParseInt(strings.ReplaceAll(string(b), " ", ""), 10, 64)
	switch {
	case ex != nil || ey != nil:
		return bytes.Compare(a, b)
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
