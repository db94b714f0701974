package io.hacluster.samples.lab;

import java.sql.SQLException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The leader freezes, or loses its virtual IP or its backend: {@link Fault}.
 */
@Tag("hosts")
class LeaderFaultsTests {

	@RegisterExtension
	private static final FaultBed BED = new FaultBed();

	@Test
	void leaderWhenFrozenForHalfALeaseDoesNoHarm() throws SQLException {
		BED.befall(Fault.FREEZE_HALF);
	}

	@Test
	void leaderWhenFrozenForALeaseDoesNoHarm() throws SQLException {
		BED.befall(Fault.FREEZE_LEASE);
	}

	@Test
	void leaderWhenFrozenForThreeLeasesIsReplacedAndStaysSilent() throws SQLException {
		BED.befall(Fault.FREEZE_LONG);
	}

	@Test
	void leaderWhenTheVirtualIpIsRemovedTakesItAgain() throws SQLException {
		BED.befall(Fault.VIP_REMOVED);
	}

	@Test
	void nobodyWhenAStrangerHasTheVirtualIpLeads() throws SQLException {
		BED.befall(Fault.VIP_TAKEN);
	}

	@Test
	void backendWhenKilledRunsAgain() throws SQLException {
		BED.befall(Fault.BACKEND_KILLED);
	}

}
