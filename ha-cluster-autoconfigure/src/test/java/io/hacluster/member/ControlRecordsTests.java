package io.hacluster.member;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.LeadershipRequest.Kind;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.local.LocalStateStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ControlRecords}.
 */
class ControlRecordsTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("test", new NodeId("node-a"), "nonce");

	private static final Instant AT = Instant.parse("2026-01-02T03:04:05.006Z");

	private static final byte[] DAMAGED = "{\"v\":1,\"paused\":tru".getBytes(StandardCharsets.UTF_8);

	@TempDir
	Path directory;

	private StateStore store;

	private ControlRecords records;

	@BeforeEach
	void open() {
		this.store = new LocalStateStore(IDENTITY, this.directory);
		this.records = new ControlRecords(this.store, IDENTITY);
	}

	@AfterEach
	void close() {
		this.store.close();
	}

	private static LeadershipRequest request(String id, long fromEpoch) {
		return new LeadershipRequest(id, Kind.SWITCHOVER, fromEpoch, new NodeId("node-b"), false, IDENTITY.nodeId(), AT,
				State.REQUESTED, "");
	}

	@Test
	void pauseStandsUntilItIsEnded() {
		Pause pause = new Pause("a new switch", IDENTITY.nodeId(), AT);
		assertThat(this.records.pause()).isEmpty();
		assertThat(this.records.resume()).isFalse();
		assertThat(this.records.pause(pause)).isEqualTo(pause);
		assertThat(this.records.pause()).contains(pause);
		assertThat(this.records.pause(new Pause("again", new NodeId("node-b"), AT))).isEqualTo(pause);
		assertThat(this.records.resume()).isTrue();
		assertThat(this.records.resume()).isFalse();
		assertThat(this.records.pause()).isEmpty();
		assertThat(this.records.pause(pause)).isEqualTo(pause);
	}

	@Test
	void reasonWithControlCharactersIsStoredWithoutThem() {
		this.records.pause(new Pause("a\u001b[2Jb\n" + "x".repeat(5000), IDENTITY.nodeId(), AT));
		assertThat(this.records.pause().orElseThrow().reason()).startsWith("a [2Jb xxx").hasSize(1000);
	}

	@Test
	void requestIsReplacedByWhoeverReadItAlone() {
		Stored<LeadershipRequest> submitted = this.records.submit(request("1", 7));
		assertThat(this.records.request()).contains(submitted);
		Stored<LeadershipRequest> accepted = this.records.replace(submitted,
				submitted.value().in(State.ACCEPTED, "node-a steps down"));
		assertThat(this.records.request()).contains(accepted);
		assertThatExceptionOfType(StateConflictException.class)
			.isThrownBy(() -> this.records.replace(submitted, submitted.value().in(State.REFUSED, "no")));
	}

	@Test
	void submitWhileAnotherIsOpenIsRefusedUntilItIsDoneOrItsTermIsOver() {
		Stored<LeadershipRequest> first = this.records.submit(request("1", 7));
		assertThatExceptionOfType(StateConflictException.class).isThrownBy(() -> this.records.submit(request("2", 7)))
			.withMessageContaining("under way");
		assertThat(this.records.submit(request("3", 8)).value().id()).isEqualTo("3");
		this.records.replace(this.records.request().orElseThrow(), first.value().in(State.DONE, ""));
		assertThat(this.records.submit(request("4", 7)).value().id()).isEqualTo("4");
	}

	@Test
	void damagedPauseIsAPauseUntilItIsReplacedOrEnded() {
		this.store.create("pause", DAMAGED);
		assertThat(this.records.pause()).get().extracting(Pause::reason).isEqualTo("a record that cannot be read");
		assertThat(this.records.seen("pause", this.store.read("pause"))).isTrue();
		assertThat(this.records.seen("pause", this.store.read("pause"))).isFalse();
		assertThat(this.records.latestPause()).isEqualTo(this.records.pause());
		Pause pause = new Pause("", IDENTITY.nodeId(), AT);
		assertThat(this.records.pause(pause)).isEqualTo(pause);
		assertThat(this.records.pause()).contains(pause);
		this.records.seen("pause", this.store.read("pause"));
		this.store.update("pause", DAMAGED, this.store.read("pause").orElseThrow().revision());
		this.records.seen("pause", this.store.read("pause"));
		assertThat(this.records.latestPause()).contains(pause);
		assertThat(this.records.resume()).isTrue();
		assertThat(this.records.pause()).isEmpty();
		this.records.seen("pause", this.store.read("pause"));
		assertThat(this.records.latestPause()).isEmpty();
	}

	@Test
	void requestIsFoundIfItStoodBeforeTheFirstLookAndHasNotChanged() {
		Stored<LeadershipRequest> first = this.records.submit(request("1", 7));
		assertThat(this.records.isFound(first.value())).isFalse();
		this.records.seen("request", this.store.read("request"));
		assertThat(this.records.isFound(first.value())).isTrue();
		assertThat(this.records.isFound(first.value().in(State.ACCEPTED, ""))).isFalse();
		assertThat(this.records.isFound(request("2", 7))).isFalse();
	}

	@Test
	void damagedRequestCountsAsAbsentAndIsReplaced() {
		this.store.create("request", "rubbish".getBytes(StandardCharsets.UTF_8));
		assertThat(this.records.request()).isEmpty();
		assertThat(this.records.submit(request("1", 7)).value()).isEqualTo(request("1", 7));
	}

	/**
	 * The node that asked for a switchover saw its own request after the leader had gone,
	 * and took the lease that was meant for another.
	 */
	@Test
	void latestIsWhatThisNodeHasAskedForUntilSomethingIsSeen() {
		Stored<LeadershipRequest> submitted = this.records.submit(request("1", 7));
		assertThat(this.records.latestRequest()).contains(submitted);
		assertThat(this.records.seen(StateKeys.REQUEST, this.store.read(StateKeys.REQUEST))).isTrue();
		assertThat(this.records.latestRequest()).contains(submitted);
		assertThat(this.records.seen(StateKeys.REQUEST, Optional.empty())).isTrue();
		assertThat(this.records.latestRequest()).isEmpty();
	}

	@Test
	void latestIsWhatHasBeenSeenAndTellsChanges() {
		assertThat(this.records.latestPause()).isEmpty();
		Pause pause = new Pause("", IDENTITY.nodeId(), AT);
		this.records.pause(pause);
		assertThat(this.records.seen("pause", this.store.read("pause"))).isTrue();
		assertThat(this.records.seen("pause", this.store.read("pause"))).isFalse();
		assertThat(this.records.latestPause()).contains(pause);
		this.records.resume();
		assertThat(this.records.seen("pause", this.store.read("pause"))).isTrue();
		assertThat(this.records.latestPause()).isEmpty();
		Stored<LeadershipRequest> submitted = this.records.submit(request("1", 7));
		assertThat(this.records.seen("request", this.store.read("request"))).isTrue();
		assertThat(this.records.latestRequest()).contains(submitted);
	}

}
