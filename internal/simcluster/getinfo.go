package simcluster

import (
	"context"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// GetInfo answers the questions that this version of Impala answers.
func (h hs2Service) GetInfo(ctx context.Context, r *hs2.TGetInfoReq) (*hs2.TGetInfoResp, error) {
	s, err := h.sessionOf(ctx, r.SessionHandle)
	if h.plan.draining {
		err = errShuttingDown
	}
	if err != nil {
		return &hs2.TGetInfoResp{Status: failureStatus(err), InfoValue: infoText("")}, nil
	}
	if v := h.info(s, r.InfoType); v != nil {
		return &hs2.TGetInfoResp{Status: successStatus(), InfoValue: v}, nil
	}
	return &hs2.TGetInfoResp{Status: unsupportedStatus(), InfoValue: infoText("")}, nil
}

// info returns the answer to a question; nil if this version has none. The answers
// after 4.5 are in be/src/service/odbc-helper.cc.
func (c *coordinator) info(s *session, t hs2.TGetInfoType) *hs2.TGetInfoValue {
	switch t {
	case hs2.TGetInfoType_CLI_SERVER_NAME, hs2.TGetInfoType_CLI_DBMS_NAME:
		return infoText("Impala")
	case hs2.TGetInfoType_CLI_DBMS_VER:
		return infoText(buildVersion(c.plan.version))
	case hs2.TGetInfoType_CLI_USER_NAME:
		if isAfter45(c.plan.version) {
			return infoText(s.effectiveUser())
		}
	}
	if !isAfter45(c.plan.version) {
		return nil
	}
	if option := lengthOptions[t]; option != "" {
		return infoLength(c.optionNumber(s, option))
	}
	return infoAnswers[t]
}

// lengthOptions are the answers that are a query option of the session.
var lengthOptions = map[hs2.TGetInfoType]string{
	hs2.TGetInfoType_CLI_MAX_STATEMENT_LEN: "MAX_STATEMENT_LENGTH_BYTES", hs2.TGetInfoType_CLI_MAX_ROW_SIZE: "MAX_ROW_SIZE",
}

// infoAnswers are the answers that do not depend on the session, as ODBC spells them.
var infoAnswers = map[hs2.TGetInfoType]*hs2.TGetInfoValue{
	hs2.TGetInfoType_CLI_DATA_SOURCE_NAME:           infoText("Impala"),
	hs2.TGetInfoType_CLI_SEARCH_PATTERN_ESCAPE:      infoText(`\`),
	hs2.TGetInfoType_CLI_IDENTIFIER_QUOTE_CHAR:      infoText("`"),
	hs2.TGetInfoType_CLI_ORDER_BY_COLUMNS_IN_SELECT: infoText("N"),
	hs2.TGetInfoType_CLI_SPECIAL_CHARACTERS:         infoText(""),
	hs2.TGetInfoType_CLI_XOPEN_CLI_YEAR:             infoText("1995"),

	hs2.TGetInfoType_CLI_ACCESSIBLE_TABLES:      infoSmall(1),
	hs2.TGetInfoType_CLI_ACCESSIBLE_PROCEDURES:  infoSmall(0),
	hs2.TGetInfoType_CLI_CURSOR_COMMIT_BEHAVIOR: infoSmall(1),
	hs2.TGetInfoType_CLI_DATA_SOURCE_READ_ONLY:  infoSmall(0),
	hs2.TGetInfoType_CLI_DEFAULT_TXN_ISOLATION:  infoSmall(0),
	hs2.TGetInfoType_CLI_IDENTIFIER_CASE:        infoSmall(2),
	hs2.TGetInfoType_CLI_TXN_CAPABLE:            infoSmall(0),
	hs2.TGetInfoType_CLI_INTEGRITY:              infoSmall(0),
	hs2.TGetInfoType_CLI_NULL_COLLATION:         infoSmall(2),
	hs2.TGetInfoType_CLI_DESCRIBE_PARAMETER:     infoSmall(0),

	hs2.TGetInfoType_CLI_ALTER_TABLE:          infoBits(3),
	hs2.TGetInfoType_CLI_OJ_CAPABILITIES:      infoBits(127),
	hs2.TGetInfoType_CLI_TXN_ISOLATION_OPTION: infoBits(0),

	hs2.TGetInfoType_CLI_MAX_COLUMN_NAME_LEN:     infoLength(767),
	hs2.TGetInfoType_CLI_MAX_CURSOR_NAME_LEN:     infoLength(128),
	hs2.TGetInfoType_CLI_MAX_SCHEMA_NAME_LEN:     infoLength(128),
	hs2.TGetInfoType_CLI_MAX_CATALOG_NAME_LEN:    infoLength(128),
	hs2.TGetInfoType_CLI_MAX_TABLE_NAME_LEN:      infoLength(128),
	hs2.TGetInfoType_CLI_MAX_USER_NAME_LEN:       infoLength(128),
	hs2.TGetInfoType_CLI_MAX_IDENTIFIER_LEN:      infoLength(128),
	hs2.TGetInfoType_CLI_MAX_COLUMNS_IN_GROUP_BY: infoLength(0),
	hs2.TGetInfoType_CLI_MAX_COLUMNS_IN_ORDER_BY: infoLength(0),
	hs2.TGetInfoType_CLI_MAX_COLUMNS_IN_SELECT:   infoLength(0),
	hs2.TGetInfoType_CLI_MAX_COLUMNS_IN_TABLE:    infoLength(0),
	hs2.TGetInfoType_CLI_MAX_TABLES_IN_SELECT:    infoLength(0),
}

func infoText(text string) *hs2.TGetInfoValue { return &hs2.TGetInfoValue{StringValue: &text} }
func infoSmall(n int16) *hs2.TGetInfoValue    { return &hs2.TGetInfoValue{SmallIntValue: &n} }
func infoBits(n int32) *hs2.TGetInfoValue     { return &hs2.TGetInfoValue{IntegerBitmask: &n} }
func infoLength(n int64) *hs2.TGetInfoValue   { return &hs2.TGetInfoValue{LenValue: &n} }

// optionNumber returns a query option of a session that is a number.
func (c *coordinator) optionNumber(s *session, name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, set := s.options[name]
	if !set {
		value = c.sessionConfig[name]
	}
	n, _ := strconv.ParseInt(value, 10, 64)
	return n
}

// buildVersion returns a version number as an impalad has it, such as 4.5.0-RELEASE.
func buildVersion(number string) string {
	if !strings.Contains(number, "-") {
		number += "-RELEASE"
	}
	return number
}
