package io.hacluster.samples.lab;

import java.sql.SQLException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Hosts lose their node, their link, or both nodes: {@link Fault}.
 */
@Tag("hosts")
class HostFaultsTests {

	@RegisterExtension
	private static final FaultBed BED = new FaultBed();

	@Test
	void leaderWhenItIsKilledIsReplaced() throws SQLException {
		BED.befall(Fault.KILL);
	}

	@Test
	void leaderWhenItsLinkIsCutIsReplaced() throws SQLException {
		BED.befall(Fault.LINK_CUT);
	}

	@Test
	void leaderWhenItIsCutFromNatsIsReplaced() throws SQLException {
		BED.befall(Fault.NATS_CUT);
	}

	@Test
	void leaderWhenItStepsDownIsReplaced() throws SQLException {
		BED.befall(Fault.STEP_DOWN);
	}

	@Test
	void leaderWhenItsBackendHangsOnStopIsReplaced() throws SQLException {
		BED.befall(Fault.BACKEND_HANGS);
	}

	@Test
	void staleNodeWhenItComesBackFirstLeadsWithAllRows() throws SQLException {
		BED.befall(Fault.STALE_FIRST);
	}

}
