package simcluster

import "fmt"

// show runs SHOW after its keyword: DATABASES, SCHEMAS and TABLES.
func (p *parser) show() (*table, error) {
	switch {
	case p.accept("databases"), p.accept("schemas"):
		matches, err := p.likePattern()
		if err != nil {
			return nil, err
		}
		names, comments := column{name: "name"}, column{name: "comment"}
		for _, d := range databases {
			if matches(d.name) {
				names.texts = append(names.texts, d.name)
				comments.texts = append(comments.texts, d.comment)
			}
		}
		return &table{columns: []column{names, comments}, rows: len(names.texts)}, nil
	case p.accept("tables"):
		return p.showTables()
	}
	return nil, p.syntaxError()
}

func (p *parser) showTables() (*table, error) {
	database := p.coordinator.databaseOf(p.session)
	if p.accept("in") || p.accept("from") {
		var err error
		if database, err = p.name(); err != nil {
			return nil, err
		}
	}
	matches, err := p.likePattern()
	if err != nil {
		return nil, err
	}
	if !isDatabase(database) {
		return nil, sqlError(fmt.Sprintf("AnalysisException: Database does not exist: %.64s\n", database))
	}
	names := column{name: "name"}
	for _, name := range tablesOf(database) {
		if matches(name) {
			names.texts = append(names.texts, name)
		}
	}
	return &table{columns: []column{names}, rows: len(names.texts)}, nil
}

// likePattern reads the pattern at the end of SHOW; without one, everything matches.
func (p *parser) likePattern() (matches func(string) bool, err error) {
	pattern := "*"
	like := p.accept("like")
	if p.peek().kind == tokenText {
		pattern = p.next().text
	} else if like {
		return nil, p.syntaxError()
	}
	return showPattern(pattern), p.end()
}

// describe runs DESCRIBE after its keyword.
func (p *parser) describe() (*table, error) {
	source, err := p.tableName()
	if err == nil {
		err = p.end()
	}
	if err == nil {
		err = source.check()
	}
	if err != nil {
		return nil, err
	}
	names, types, comments := column{name: "name"}, column{name: "type"}, column{name: "comment"}
	for _, c := range testColumns() {
		names.texts = append(names.texts, c.name)
		types.texts = append(types.texts, c.typ.String())
		comments.texts = append(comments.texts, "")
	}
	return &table{columns: []column{names, types, comments}, rows: len(names.texts)}, nil
}
