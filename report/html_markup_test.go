package report

import "testing"

func TestMarkup_EscapesAllButNumbers(t *testing.T) {
	t.Parallel()
	type word string
	m := &markup{}
	m.put(`<p title="%s" x="%d" y="%v">%s</p>`, `"onload='`, 7, 1.5, word("</p><script>&amp;"))
	m.maybe("<i>%s</i>", "")
	m.maybe("<b>%s</b>", "<")
	const want = `<p title="&#34;onload=&#39;" x="7" y="1.5">&lt;/p&gt;&lt;script&gt;&amp;amp;</p><b>&lt;</b>`
	if got := m.b.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
