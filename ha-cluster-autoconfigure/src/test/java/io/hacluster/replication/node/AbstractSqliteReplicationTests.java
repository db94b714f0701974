package io.hacluster.replication.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.FaultyStore;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.divergence.DiffJson;
import io.hacluster.replication.divergence.DiffText;
import io.hacluster.replication.divergence.DivergenceComparison;
import io.hacluster.replication.follower.ReplicaFile;
import io.hacluster.replication.restore.RestoreListener;
import io.hacluster.replication.restore.RestorePoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SqliteReplication}: two nodes that hand one database to each other.
 */
abstract class AbstractSqliteReplicationTests {

	@TempDir
	Path directory;

	private final List<TestNode> nodes = new ArrayList<>();

	@AfterEach
	void closeAll() throws Exception {
		for (TestNode node : this.nodes) {
			node.close();
		}
	}

	@Test
	void promoteWhenLogAndNodeAreEmptyLeavesDatabaseToTheBackend() throws Exception {
		TestNode node = node("a");
		node.follow();
		node.promote(1);
		assertThat(node.path()).doesNotExist();
		node.startBackend();
		node.replication().awaitDatabase(TestNode.TIMEOUT);
		node.replication().startPrimary();
		node.insert(0, 10);
		node.awaitShipped();
		TestNode other = node("b");
		other.follow();
		other.catchUp();
		assertThat(other.rows(other.replica())).hasSize(10);
		assertThat(other.replication().logEpoch()).isEqualTo(new Epoch(1));
		assertThat(node.replication().status().state()).isEqualTo(State.SHIPPING);
		assertThat(other.replication().status().state()).isEqualTo(State.FOLLOWING);
	}

	@Test
	void followerSeesWhatLeaderCommits() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		leader.insert(0, 1);
		leader.awaitShipped();
		follower.follow();
		follower.catchUp();
		for (int i = 1; i < 100; i++) {
			leader.insert(i, i + 1);
		}
		await().atMost(TestNode.TIMEOUT).until(() -> follower.rows(follower.replica()).size() == 100);
		assertThat(follower.replication().status().failure()).isNull();
	}

	@Test
	void stepDownLosesNothingAndMovesTheSameFile() throws Exception {
		TestNode first = leader("a", 1);
		TestNode second = node("b");
		second.follow();
		for (int term = 2; term < 8; term++) {
			int row = term * 100;
			first.insert(row, row + 50);
			Object inode = inode(first.path());
			assertThat(first.stepDown()).isTrue();
			assertThat(first.path()).doesNotExist();
			assertThat(inode(first.replica())).as("demotion copies nothing").isEqualTo(inode);
			first.catchUp();
			second.catchUp();
			Object replica = inode(second.replica());
			second.lead(term);
			assertThat(inode(second.path())).as("promotion copies nothing").isEqualTo(replica);
			assertThat(second.replica()).doesNotExist();
			assertThat(second.rows(second.path())).hasSize((term - 1) * 50)
				.containsAll(IntStream.range(row, row + 50).boxed().toList());
			TestNode former = first;
			first = second;
			second = former;
		}
		assertThat(first.diverged).isEmpty();
		assertThat(second.diverged).isEmpty();
		TestNode follower = second;
		await().atMost(TestNode.TIMEOUT).until(() -> follower.rows(follower.replica()).size() == 300);
		assertThat(follower.replication().status().counters().restores()).isLessThanOrEqualTo(1);
	}

	/**
	 * The lease is given back after it, and a listing takes the longer the more has been
	 * written lately.
	 */
	@Test
	void stepDownDoesNotListTheLog() throws Exception {
		AtomicReference<FaultyStore> store = new AtomicReference<>();
		TestNode first = new TestNode("a", this.directory.resolve("a"), (identity) -> {
			store.set(new FaultyStore(openStore("log", identity)));
			return store.get();
		});
		this.nodes.add(first);
		first.follow();
		TestNode second = node("b");
		second.follow();
		for (int term = 1; term < 4; term += 2) {
			first.lead(term);
			first.insert(term * 10, term * 10 + 10);
			first.replication().stopSnapshots(TestNode.TIMEOUT);
			store.get().listings.set(0);
			assertThat(first.stepDown()).isTrue();
			first.catchUp();
			assertThat(store.get().listings).hasValue(0);
			second.lead(term + 1);
			second.insert(term * 10 + 10, term * 10 + 20);
			assertThat(second.stepDown()).isTrue();
			first.catchUp();
			assertThat(first.rows(first.replica())).hasSize(10 * (term + 1));
		}
		assertThat(first.diverged).isEmpty();
	}

	@Test
	void rejoinWhenNothingIsMissingGoesOnWithTheSameFile() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		TestNode returned = crashed(leader, "a");
		Object inode = inode(returned.path());
		follower.lead(2);
		follower.insert(50, 60);
		returned.follow();
		assertThat(inode(returned.replica())).isEqualTo(inode);
		returned.catchUp();
		await().atMost(TestNode.TIMEOUT).until(() -> returned.rows(returned.replica()).size() == 60);
		assertThat(returned.diverged).isEmpty();
		assertThat(returned.replication().status().counters().restores()).isZero();
	}

	@Test
	void rejoinWhenBackendClosedAfterTheCrashAndNothingIsMissingGoesOnWithTheSameFile() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		TestNode returned = crashed(leader, "a");
		assertThat(returned.rows(returned.path())).hasSize(50);
		assertThat(new ReplicaFile(returned.path()).log()).as("closed cleanly").doesNotExist();
		Object inode = inode(returned.path());
		follower.lead(2);
		follower.insert(50, 60);
		follower.awaitShipped();
		returned.follow();
		assertThat(inode(returned.replica())).isEqualTo(inode);
		returned.catchUp();
		assertThat(returned.rows(returned.replica())).hasSize(60);
		assertThat(returned.diverged).isEmpty();
	}

	@Test
	void rejoinWhenBackendWroteAndClosedAfterTheCrashSetsDatabaseAside() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		TestNode returned = crashed(leader, "a");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + returned.path());
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO row VALUES (1000, 'late')");
		}
		follower.lead(2);
		follower.awaitShipped();
		returned.follow();
		returned.catchUp();
		assertThat(returned.rows(returned.replica())).hasSize(50);
		assertThat(returned.rows(returned.replication().status().diverged().get(0).file())).hasSize(51);
	}

	@Test
	void rejoinWhenLogLacksTransactionsSetsDatabaseAsideI16() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		leader.replication().stopPrimary(TestNode.TIMEOUT);
		leader.insert(1000, 1007);
		TestNode returned = crashed(leader, "a");
		follower.lead(2);
		follower.insert(50, 60);
		follower.awaitShipped();
		returned.follow();
		returned.catchUp();
		await().atMost(TestNode.TIMEOUT).until(() -> returned.rows(returned.replica()).size() == 60);
		assertThat(returned.diverged).hasSize(1);
		List<DivergedDatabase> aside = returned.replication().status().diverged();
		assertThat(aside).isEqualTo(returned.diverged);
		assertThat(aside.get(0).file().toString()).matches(".*/data\\.db\\.diverged-1-\\d{8}T\\d{6}Z");
		assertThat(returned.rows(aside.get(0).file())).hasSize(57).contains(1006);
	}

	@Test
	void rejoinWhenLogLacksTransactionsLeavesAFileWhoseDifferenceIsExactlyWhatWasLost() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		long shipped = leader.replication().status().txid();
		leader.replication().stopPrimary(TestNode.TIMEOUT);
		leader.execute("INSERT INTO row VALUES (1000, 'lost'), (1001, 'mine')");
		leader.execute("UPDATE row SET v = 'lost' WHERE n = 7");
		leader.execute("UPDATE row SET v = 'mine' WHERE n = 8");
		leader.execute("DELETE FROM row WHERE n = 9");
		TestNode returned = crashed(leader, "a");
		follower.lead(2);
		follower.execute("INSERT INTO row VALUES (1001, 'theirs'), (1002, 'theirs')");
		follower.execute("UPDATE row SET v = 'theirs' WHERE n IN (8, 10)");
		follower.awaitShipped();
		assertThat(follower.stepDown()).isTrue();
		TestNode third = node("c");
		third.follow();
		third.catchUp();
		third.lead(3);
		third.execute("DELETE FROM row WHERE n = 11");
		third.awaitShipped();
		returned.follow();
		returned.catchUp();
		DivergedDatabase aside = returned.diverged.get(0);
		assertThat(aside.branch().txid()).as("found although two others have led since").isEqualTo(shipped);
		StringBuilder text = new StringBuilder();
		new DivergenceComparison(returned.store(), TestLog.identity("diff"), this.directory, 100).run(aside.file(),
				RestorePoint.latest(), new DiffText(text), RestoreListener.NONE);
		assertThat(text.toString().lines().skip(1).toList()).containsExactly(
				"      set aside at " + aside.time() + ", of epoch 1", "      because " + aside.reason(),
				"log:  at transaction " + third.replication().status().txid(),
				"base: transaction " + shipped + ", the last that both have", "", "table row", "  ~ n=7",
				"      base: v='row 7'", "      file: v='lost'", "      log:  v='row 7'",
				"  ~ n=8   CONFLICT: the log has changed it, too", "      base: v='row 8'", "      file: v='mine'",
				"      log:  v='theirs'", "  + n=1000", "      base: no such row", "      file: v='lost'",
				"      log:  no such row", "  + n=1001   CONFLICT: the log has changed it, too",
				"      base: no such row", "      file: v='mine'", "      log:  v='theirs'", "  - n=9",
				"      base: v='row 9'", "      file: no such row", "      log:  v='row 9'", "",
				"5 rows written to the file that the log does not have: 2 inserted, 2 updated, 1 deleted; 2 in conflict "
						+ "with the log");
		try (Stream<Path> left = Files.list(this.directory)) {
			assertThat(left.filter((file) -> file.getFileName().toString().startsWith("ha-diff-"))).isEmpty();
		}
	}

	/**
	 * An application that is its own backend can have a transaction open when it steps
	 * down, and commit it when the last flush is over; or go on writing.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void commitThatOutlivesTheStepDownIsSetAsideAndListed(boolean begunBefore) throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		if (begunBefore) {
			leader.execute("BEGIN IMMEDIATE");
		}
		leader.stepDownWithBackendOpen();
		leader.execute("INSERT INTO row VALUES (1000, 'late')");
		if (begunBefore) {
			leader.execute("COMMIT");
		}
		leader.closeBackend();
		follower.catchUp();
		follower.lead(2);
		follower.insert(50, 60);
		follower.awaitShipped();
		await().atMost(TestNode.TIMEOUT)
			.until(() -> !leader.diverged.isEmpty() && Files.exists(leader.replica())
					&& leader.rows(leader.replica()).size() == 60);
		assertThat(leader.rows(leader.replica())).doesNotContain(1000);
		StringBuilder json = new StringBuilder();
		new DivergenceComparison(leader.store(), TestLog.identity("diff"), this.directory, 100)
			.run(leader.diverged.get(0).file(), RestorePoint.latest(), new DiffJson(json), RestoreListener.NONE);
		assertThat(json.toString().lines().filter((line) -> line.contains("\"type\":\"row\""))).containsExactly(
				"{\"type\":\"row\",\"table\":\"row\",\"change\":\"inserted\",\"conflict\":false,\"key\":{\"n\":1000},"
						+ "\"base\":null,\"file\":{\"n\":1000,\"v\":\"late\"},\"log\":null}");
	}

	@Test
	void rejoinWhenAheadAndNobodyHasLedHoldsAndShipsOnWinning() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		leader.replication().stopPrimary(TestNode.TIMEOUT);
		leader.insert(1000, 1007);
		TestNode returned = crashed(leader, "a");
		returned.follow();
		await().atMost(TestNode.TIMEOUT).until(() -> returned.replication().status().state() == State.AHEAD);
		assertThat(returned.path()).exists();
		returned.lead(2);
		returned.awaitShipped();
		await().atMost(TestNode.TIMEOUT).until(() -> follower.rows(follower.replica()).size() == 57);
		assertThat(returned.diverged).isEmpty();
	}

	@Test
	void rejoinWhenAheadIsOvertakenSetsDatabaseAside() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 50);
		leader.awaitShipped();
		leader.replication().stopPrimary(TestNode.TIMEOUT);
		leader.insert(1000, 1007);
		TestNode returned = crashed(leader, "a");
		returned.follow();
		await().atMost(TestNode.TIMEOUT).until(() -> returned.replication().status().state() == State.AHEAD);
		follower.lead(2);
		follower.insert(50, 55);
		await().atMost(TestNode.TIMEOUT)
			.until(() -> Files.exists(returned.replica()) && returned.rows(returned.replica()).size() == 55);
		assertThat(returned.diverged).hasSize(1);
		assertThat(returned.path()).doesNotExist();
	}

	@Test
	void rejoinWhenPromotionIsUndoneMovesTheFileBack() throws Exception {
		TestNode leader = leader("a", 1);
		leader.insert(0, 20);
		TestNode other = node("b");
		other.follow();
		assertThat(leader.stepDown()).isTrue();
		other.catchUp();
		Object inode = inode(other.replica());
		other.promote(2);
		assertThat(inode(other.path())).isEqualTo(inode);
		other.follow();
		assertThat(inode(other.replica())).isEqualTo(inode);
		other.catchUp();
		assertThat(other.rows(other.replica())).hasSize(20);
		assertThat(other.diverged).isEmpty();
	}

	@Test
	void bootstrapWhenLogIsEmptyAndDatabaseIsThereSeedsTheLog() throws Exception {
		TestNode node = node("a");
		createDatabase(node.path(), 30);
		node.follow();
		await().atMost(TestNode.TIMEOUT).until(() -> node.replication().status().state() == State.AHEAD);
		node.lead(1);
		node.awaitShipped();
		TestNode other = node("b");
		other.follow();
		other.catchUp();
		assertThat(other.rows(other.replica())).hasSize(30);
	}

	@Test
	void bootstrapWhenThereIsALogAndADatabaseWithoutPositionTheLogWins() throws Exception {
		TestNode leader = leader("a", 1);
		leader.insert(0, 10);
		leader.awaitShipped();
		TestNode other = node("b");
		createDatabase(other.path(), 5);
		other.follow();
		other.catchUp();
		assertThat(other.rows(other.replica())).hasSize(10);
		assertThat(other.path()).doesNotExist();
		assertThat(other.diverged).hasSize(1);
		assertThat(other.rows(other.replication().status().diverged().get(0).file())).hasSize(5);
	}

	@Test
	void bothNodesDownAndTheStaleOneFirstCatchesUpBeforeItLeads() throws Exception {
		TestNode leader = leader("a", 1);
		leader.insert(0, 10);
		leader.awaitShipped();
		TestNode stale = node("b");
		stale.follow();
		stale.catchUp();
		stale.close();
		leader.insert(10, 40);
		leader.awaitShipped();
		leader.close();
		TestNode first = node("b");
		first.follow();
		first.lead(2);
		assertThat(first.rows(first.path())).hasSize(40);
	}

	@Test
	void rejoinWhenLogWasWipedKeepsReplicaAndSeeds() throws Exception {
		TestNode leader = leader("a", 1);
		leader.insert(0, 10);
		leader.awaitShipped();
		TestNode follower = node("b");
		follower.follow();
		follower.catchUp();
		follower.close();
		leader.close();
		TestNode alone = node("b", "b", "log2");
		alone.follow();
		await().atMost(TestNode.TIMEOUT).until(() -> alone.replication().status().state() == State.AHEAD);
		alone.lead(2);
		alone.awaitShipped();
		assertThat(alone.rows(alone.path())).hasSize(10);
		TestNode other = node("c", "c", "log2");
		other.follow();
		other.catchUp();
		assertThat(other.rows(other.replica())).hasSize(10);
	}

	@Test
	void rejoinWhenLogWasWipedAndLedByAnotherSetsReplicaAside() throws Exception {
		TestNode leader = leader("a", 1);
		leader.insert(0, 10);
		leader.awaitShipped();
		TestNode follower = node("b");
		follower.follow();
		follower.catchUp();
		follower.close();
		TestNode another = node("c", "c", "log2");
		another.follow();
		another.lead(1);
		another.insert(0, 3);
		another.awaitShipped();
		TestNode returned = node("b", "b", "log2");
		returned.follow();
		returned.catchUp();
		assertThat(returned.rows(returned.replica())).hasSize(3);
		assertThat(returned.diverged).hasSize(1);
	}

	@Test
	void fenceAndCatchUpWhenNewerLeaderHasFencedFails() throws Exception {
		leader("a", 5);
		TestNode other = node("b");
		other.follow();
		assertThatExceptionOfType(FencedException.class)
			.isThrownBy(() -> other.replication().fenceAndCatchUp(new Epoch(4), TestNode.TIMEOUT));
		assertThat(other.replication().status().state()).isIn(State.FOLLOWING, State.RESTORING);
	}

	@Test
	void awaitDatabaseWhenItIsNotInWalModeFailsNamingIt() throws Exception {
		TestNode node = node("a");
		node.follow();
		node.promote(1);
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + node.path());
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE t (x)");
		}
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> node.replication().awaitDatabase(Duration.ofMillis(500)))
			.withMessageContaining(node.path().toString())
			.withMessageContaining("WAL");
	}

	@Test
	void startFollowingWhenAnotherProcessWorksWithTheFilesFailsNamingTheProperty() throws Exception {
		TestNode node = node("a");
		node.follow();
		TestNode second = node("a");
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(second::follow)
			.withMessageContaining("ha.cluster.sqlite.path");
		node.close();
		second.follow();
	}

	@Test
	void startFollowingTwiceGoesOn() throws Exception {
		TestNode node = node("a");
		node.follow();
		assertThat(node.replication().status().failure()).isNull();
		node.follow();
		node.catchUp();
	}

	@Test
	void startFollowingWhenLogCannotBeReachedReturnsAndFollowsLater() throws Exception {
		TestNode leader = leader("a", 3);
		leader.insert(0, 5);
		leader.awaitShipped();
		TestNode follower = node("b");
		follower.follow();
		follower.catchUp();
		follower.close();
		FaultyStore[] store = new FaultyStore[1];
		TestNode returned = new TestNode("b", this.directory.resolve("b"), (identity) -> {
			store[0] = new FaultyStore(openStore("log", identity));
			store[0].down = true;
			return store[0];
		});
		this.nodes.add(returned);
		returned.follow();
		ReplicationStatus status = returned.replication().status();
		assertThat(status.state()).isEqualTo(State.FOLLOWING);
		assertThat(status.failure()).contains("down");
		assertThat(status.txid()).isPositive();
		assertThat(returned.replication().logEpoch()).isEqualTo(new Epoch(3));
		await().atMost(TestNode.TIMEOUT).until(() -> returned.replication().status().lag().toMillis() > 100);
		assertThat(returned.rows(returned.replica())).hasSize(5);
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> returned.replication().fenceAndCatchUp(new Epoch(4), Duration.ofMillis(300)))
			.withMessageContaining("down");
		store[0].down = false;
		leader.insert(5, 9);
		await().atMost(TestNode.TIMEOUT).until(() -> returned.rows(returned.replica()).size() == 9);
		await().atMost(TestNode.TIMEOUT).until(() -> returned.replication().status().failure() == null);
		assertThat(returned.replication().status().lag()).isZero();
	}

	@Test
	void flushWhenNeverPrimaryIsTrue() throws Exception {
		TestNode node = node("a");
		node.follow();
		assertThat(node.replication().flush(TestNode.TIMEOUT)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "PRAGMA wal_checkpoint(TRUNCATE)" })
	void stopFollowingWhenStrangerHasWrittenFailsAndItsRowNeverLeads(String afterwards) throws Exception {
		TestNode leader = leader("a", 1);
		leader.insert(0, 10);
		leader.awaitShipped();
		TestNode follower = node("b");
		follower.follow();
		assertThat(leader.stepDown()).isTrue();
		follower.catchUp();
		follower.replication().fenceAndCatchUp(new Epoch(2), TestNode.TIMEOUT);
		writeAsStranger(follower.replica(), afterwards);
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> follower.replication().stopFollowing(TestNode.TIMEOUT))
			.withMessageContaining("somebody else has written to it")
			.withMessageContaining("built anew");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> follower.replication().promote());
		assertThat(follower.path()).doesNotExist();
		assertThat(follower.diverged).hasSize(1);
		assertThat(follower.rows(follower.replication().status().diverged().get(0).file())).contains(1000);
		follower.follow();
		follower.catchUp();
		assertThat(follower.rows(follower.replica())).hasSize(10).doesNotContain(1000);
		follower.lead(3);
		follower.insert(10, 12);
		follower.awaitShipped();
		assertThat(follower.rows(follower.path())).hasSize(12).doesNotContain(1000);
		await().atMost(TestNode.TIMEOUT).until(() -> leader.rows(leader.replica()).size() == 12);
		assertThat(leader.rows(leader.replica())).doesNotContain(1000);
		assertThat(follower.diverged).hasSize(1);
	}

	@Test
	void promoteWhenSomebodyHasWrittenSinceFollowingStoppedFails() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 10);
		assertThat(leader.stepDown()).isTrue();
		follower.catchUp();
		follower.replication().fenceAndCatchUp(new Epoch(2), TestNode.TIMEOUT);
		follower.replication().stopFollowing(TestNode.TIMEOUT);
		writeAsStranger(follower.replica(), "");
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> follower.replication().promote())
			.withMessageContaining("since it was closed");
		follower.follow();
		follower.catchUp();
		assertThat(follower.rows(follower.replica())).hasSize(10).doesNotContain(1000);
		assertThat(follower.diverged).hasSize(1);
	}

	@Test
	void promoteWhenThereIsNoDatabaseButALogFails() throws Exception {
		TestNode late = node("b");
		late.follow();
		late.replication().fenceAndCatchUp(new Epoch(1), TestNode.TIMEOUT);
		late.replication().stopFollowing(TestNode.TIMEOUT);
		TestNode leader = leader("a", 2);
		leader.insert(0, 10);
		leader.awaitShipped();
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> late.replication().promote())
			.withMessageContaining("the log holds one");
		late.follow();
		late.catchUp();
		assertThat(late.rows(late.replica())).hasSize(10);
	}

	@Test
	void stopFollowingWhenOthersHaveOnlyReadAndCheckpointedSucceeds() throws Exception {
		TestNode leader = leader("a", 1);
		TestNode follower = node("b");
		follower.follow();
		leader.insert(0, 10);
		assertThat(leader.stepDown()).isTrue();
		follower.catchUp();
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + follower.replica());
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
			follower.lead(2);
		}
		assertThat(follower.rows(follower.path())).hasSize(10);
		assertThat(follower.diverged).isEmpty();
	}

	@Test
	void readersOfTheReplicaStayRightThroughPromotionAndDemotion() throws Exception {
		TestNode first = leader("a", 1);
		first.insert(0, 10);
		TestNode second = node("b");
		second.follow();
		second.catchUp();
		await().atMost(TestNode.TIMEOUT).until(() -> second.rows(second.replica()).size() == 10);
		try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + second.replica());
				Statement statement = reader.createStatement()) {
			statement.execute("BEGIN");
			statement.executeQuery("SELECT count(*) FROM row").close();
			assertThat(first.stepDown()).isTrue();
			second.lead(2);
			second.insert(10, 30);
			try (var result = statement.executeQuery("SELECT count(*) FROM row")) {
				assertThat(result.getInt(1)).isEqualTo(10);
			}
			statement.execute("COMMIT");
			try (var result = statement.executeQuery("SELECT count(*) FROM row")) {
				assertThat(result.getInt(1)).isEqualTo(30);
			}
			first.catchUp();
			await().atMost(TestNode.TIMEOUT).until(() -> first.rows(first.replica()).size() == 30);
		}
		second.insert(30, 31);
		await().atMost(TestNode.TIMEOUT).until(() -> first.rows(first.replica()).size() == 31);
	}

	/**
	 * Opens a store on a log.
	 * @param log name of the log
	 * @param node the node
	 * @return the store
	 */
	abstract ReplicaStore openStore(String log, NodeIdentity node);

	private TestNode node(String name) throws Exception {
		return node(name, name, "log");
	}

	private TestNode node(String name, String folder, String log) throws Exception {
		TestNode node = new TestNode(name, this.directory.resolve(folder), (identity) -> openStore(log, identity));
		this.nodes.add(node);
		return node;
	}

	private TestNode leader(String name, long epoch) throws Exception {
		TestNode node = node(name);
		node.follow();
		node.lead(epoch);
		return node;
	}

	private TestNode crashed(TestNode node, String name) throws Exception {
		Path target = this.directory.resolve(name + "-after-crash");
		node.copyTo(target);
		return node(name, target.getFileName().toString(), "log");
	}

	private static void writeAsStranger(Path database, String afterwards) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO row VALUES (1000, 'foreign')");
			if (!afterwards.isEmpty()) {
				statement.execute(afterwards);
			}
		}
	}

	private static void createDatabase(Path path, int rows) throws Exception {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=WAL");
			statement.execute("CREATE TABLE row (n INTEGER PRIMARY KEY, v TEXT)");
			for (int i = 0; i < rows; i++) {
				statement.execute("INSERT INTO row VALUES (" + i + ", 'own')");
			}
		}
	}

	private static Object inode(Path path) throws Exception {
		return Files.getAttribute(path, "unix:ino");
	}

}
