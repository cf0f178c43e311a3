package acl

// Expression is a set expression by itself, for who uses the language elsewhere.
type Expression struct{ x *setExpr }

// ParseExpression reads the text of a set.
func ParseExpression(text string) (*Expression, error) {
	x, err := parseSet(text)
	if err != nil {
		return nil, err
	}
	return &Expression{x}, nil
}

// Holds tells whether the set is not empty: r has the entry ("this"), who asks
// ("user"), the schema, and the look-up of other entries.
func (e *Expression) Holds(r *Request) bool { return len(e.x.eval(&setRun{r})) > 0 }
