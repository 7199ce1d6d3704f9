package main

// matrixAWS are faults of AWS, of ports that are taken and of two runs at once.
var matrixAWS = []matrixRow{
	{
		id: "F50", fault: "AWS: no credentials, an expired token, a wrong region, a permission less", report: "what is missing, and the permission by name; another account or region: nothing is created; a permission less: what was created before is told, and the next apply goes on from it", exit: "1, 2, 3, 4", partial: "the calls so far",
		shownBy: []string{"TestProvision_NamesAMissingPermission", "TestProvision_RefusesAnotherAccount", "TestReadIdentity_RefusesAnotherAccountOrRegion", "TestRead_NeedsARegion", "TestAudit_WithoutAWS", "TestSmokeAudit_WithoutPermissionOrCredentials", "TestLimits_AreThoseOfCredentialsToo"},
	},
	{
		id: "F51", fault: "AWS throttles, fails, cuts the connection or never answers at any call", report: "asked again by the SDK, up to its limit; then the call and its error", exit: "1", partial: "the calls so far",
		shownBy: []string{"TestThrottled_IsRetriedByTheSDK", "TestApply_OutlastsFailuresOfAWS", "TestApply_SurvivesALostAnswer", "TestFailAt_FailsOneCall", "TestNoHang_AWS"},
	},
	{
		id: "F52", fault: "provisioning fails at any call; a second apply; destroy", report: "what is unfinished; apply goes on from the tags, which are the only state; destroy removes all that has them and names the rest", exit: "1", partial: "the calls so far",
		shownBy: []string{"TestApply_SaysWhatIsUnfinishedAfterAnyFault", "TestApply_ContinuesAfterACut", "TestDestroy_SaysWhatIsUnfinishedAfterAnyFault", "TestDestroy_ContinuesAfterACut", "provision.killed"},
	},
	{
		id: "F53", fault: "Ctrl-C during apply or destroy; tags that are gone", report: "found again by tags; what has our names without our tag is named and left", exit: "1, 130", partial: "the calls so far",
		shownBy: []string{"TestApply_InterruptedLeavesNoPortClosed", "TestApply_StopsBeforeTheFirstWrite", "TestDestroy_NamesWhatCarriesOurNamesWithoutOurTag", "TestDestroy_GoesOnOnceTheTagIsBack", "TestDestroy_SeesAnApplyAtTheSameTime", "TestInterrupt_LeavesNothingOpenAndNoFileHalf"},
	},
	{
		id: "F54", fault: "a port to listen on is taken", report: "the address, and that it is in use", exit: "2",
		tries:   []matrixTry{{peer: taken, args: []string{"smoke", "127.0.0.1:1", "--metrics-listen", "ADDR"}, exit: exitUsage, says: []string{"ADDR", "in use"}}},
		shownBy: []string{"TestStart_PortInUse", "TestStart_PagePortInUse"},
	},
	{
		id: "F55", fault: "two runs at once with one file for the report, or for observations", report: "of reports each writes a file of its own and renames it: the last one is there, whole; the second that would write observations is refused", exit: "0, 2",
		shownBy: []string{"TestMatrix_TwoRunsWithOneFile", "TestObservations_FileIsOfOneRun"},
	},
}
