package hs2client

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestRows_WidthWithoutDescription(t *testing.T) {
	t.Parallel()
	var none Rows
	if none.Width() != 0 {
		t.Errorf("no row is %d wide", none.Width())
	}
	described := Rows{Columns: []Column{{}, {}}}
	if described.Width() != 2 {
		t.Errorf("two columns are %d wide", described.Width())
	}
	rows := Rows{}
	if err := rows.add(page{values: &wire.HS2Table{Columns: make([]*hs2.TColumn, 3)}, rows: 1}); err != nil || rows.Width() != 3 {
		t.Errorf("three columns are %d wide, %v", rows.Width(), err)
	}
}
