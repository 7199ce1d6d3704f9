package simcluster

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"
)

// encodeOptions encodes field 4 of TOpenSessionResp, the configuration, in the
// binary protocol, sorted by name as Impala's is.
func encodeOptions(options map[string]string) []byte {
	b := []byte{thrift.MAP, 0, 4, thrift.STRING, thrift.STRING}
	b = binary.BigEndian.AppendUint32(b, uint32(len(options)))
	for _, name := range slices.Sorted(maps.Keys(options)) {
		for _, s := range []string{name, options[name]} {
			b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
			b = append(b, s...)
		}
	}
	return b
}

// configurationOf returns the configuration in OpenSession's reply for s, encoded:
// the coordinator's own if the session has set no option.
func (c *coordinator) configurationOf(s *session) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(s.options) == 0 {
		return c.encodedConfig
	}
	config := maps.Clone(c.sessionConfig)
	maps.Copy(config, s.options)
	return encodeOptions(config)
}

// maxValue is the longest option value that a session stores, in bytes.
const maxValue = 4 << 10

// checkOption returns the option of a name, and value as Impala prints it.
func (c *coordinator) checkOption(name, value string) (*queryOption, string, error) {
	o, known := c.options.find(name)
	if !known {
		return nil, "", sqlError(fmt.Sprintf("Invalid query option: %.64s\n", name))
	}
	if len(value) > maxValue {
		return nil, "", o.unparsable(value)
	}
	if value == "" {
		return o, "", nil
	}
	text, err := o.parse(value)
	return o, text, err
}

// setOption sets a session's query option; an empty value resets it. An option that
// was removed from Impala is accepted and ignored.
func (c *coordinator) setOption(s *session, name, value string) error {
	o, text, err := c.checkOption(name, value)
	if err != nil || o.level == optionLevelRemoved {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if value == "" {
		delete(s.options, o.name)
		return nil
	}
	if s.options == nil {
		s.options = make(map[string]string)
	}
	s.options[o.name] = strings.Clone(text)
	return nil
}

// resetOptions resets every option of a session.
func (c *coordinator) resetOptions(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(s.options)
}

// listOptions returns the result of SET, or of SET ALL: the session's values,
// ordered by name.
func (c *coordinator) listOptions(s *session, all bool) *table {
	names, values, levels := column{name: "option"}, column{name: "value"}, column{name: "level"}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.options.list {
		if !all && o.level >= optionLevelDevelopment {
			continue
		}
		value := o.value
		if v, set := s.options[o.name]; set {
			value = v
		}
		names.texts = append(names.texts, o.name)
		values.texts = append(values.texts, value)
		levels.texts = append(levels.texts, o.level.String())
	}
	return &table{columns: []column{names, values, levels}, rows: len(names.texts)}
}
