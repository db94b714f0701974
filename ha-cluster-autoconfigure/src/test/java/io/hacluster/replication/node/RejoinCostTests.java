package io.hacluster.replication.node;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.local.LocalReplicaStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A node that returns with nothing that the log lacks goes on with the same file,
 * whatever its size: it reads neither the database nor the log again.
 */
class RejoinCostTests {

	private static final int MEGABYTES = 200;

	/**
	 * Half of the database: the write-ahead log is read more than once, whose size does
	 * not depend on that of the database.
	 */
	private static final long BOUND = 100L << 20;

	@TempDir
	Path directory;

	private final List<TestNode> nodes = new ArrayList<>();

	private final AtomicLong fetched = new AtomicLong();

	@AfterEach
	void close() throws Exception {
		for (TestNode node : this.nodes) {
			node.close();
		}
	}

	@Test
	void rejoinAfterAStepDownCopiesNothing() throws Exception {
		TestNode leader = largeLeader();
		Object inode = inode(leader.path());
		long read = bytesRead();
		long fetchedBefore = this.fetched.get();
		assertThat(leader.stepDown()).isTrue();
		leader.catchUp();
		assertNothingCopied(leader, inode, read, fetchedBefore);
	}

	@Test
	void rejoinAfterAFullyShippedCrashCopiesNothing() throws Exception {
		TestNode leader = largeLeader();
		TestNode other = node("b");
		other.follow();
		other.catchUp();
		TestNode returned = crashed(leader);
		// From here on nobody else in this process reads much
		leader.close();
		this.nodes.remove(leader);
		other.lead(2);
		other.replication().stopSnapshots(TestNode.TIMEOUT);
		other.insert(0, 5);
		other.awaitShipped();
		Object inode = inode(returned.path());
		long read = bytesRead();
		long fetchedBefore = this.fetched.get();
		returned.follow();
		returned.catchUp();
		assertNothingCopied(returned, inode, read, fetchedBefore);
		assertThat(returned.rows(returned.replica())).contains(0, 4);
	}

	@Test
	void rejoinAfterACrashWithUnshippedRowsThatNobodyOvertookCopiesNothingAndShipsThem() throws Exception {
		TestNode leader = largeLeader();
		leader.replication().stopPrimary(TestNode.TIMEOUT);
		leader.insert(0, 5);
		TestNode returned = crashed(leader);
		Object inode = inode(returned.path());
		long read = bytesRead();
		long fetchedBefore = this.fetched.get();
		returned.follow();
		await().atMost(TestNode.TIMEOUT).until(() -> returned.replication().status().state() == State.AHEAD);
		returned.promote(2);
		assertThat(inode(returned.path())).isEqualTo(inode);
		assertThat(this.fetched.get() - fetchedBefore).as("bytes fetched from the log").isLessThan(BOUND);
		assertThat(bytesRead() - read).as("bytes read by this process").isLessThan(BOUND);
		returned.startBackend();
		returned.replication().startPrimary();
		returned.awaitShipped();
		assertThat(returned.diverged).isEmpty();
		assertThat(returned.replication().status().counters().restores()).isZero();
		TestNode other = node("b");
		other.follow();
		other.catchUp();
		assertThat(other.rows(other.replica())).contains(0, 4);
	}

	private void assertNothingCopied(TestNode node, Object inode, long readBefore, long fetchedBefore)
			throws Exception {
		assertThat(inode(node.replica())).isEqualTo(inode);
		// The newest pages may be in the write-ahead log only
		assertThat(Files.size(node.replica())).isGreaterThan(BOUND);
		assertThat(this.fetched.get() - fetchedBefore).as("bytes fetched from the log").isLessThan(BOUND);
		assertThat(bytesRead() - readBefore).as("bytes read by this process").isLessThan(BOUND);
		assertThat(node.diverged).isEmpty();
		assertThat(node.replication().status().counters().restores()).isZero();
	}

	private TestNode largeLeader() throws Exception {
		TestNode leader = node("a");
		leader.follow();
		leader.lead(1);
		leader.execute("CREATE TABLE large (n INTEGER PRIMARY KEY, v BLOB)");
		for (int i = 0; i < MEGABYTES; i++) {
			// Compresses well: it is the database that has to be large, not the log
			leader.execute("INSERT INTO large (v) VALUES (zeroblob(1048576))");
			if (i % 10 == 0) {
				leader.awaitShipped();
			}
		}
		leader.awaitShipped();
		leader.replication().stopSnapshots(TestNode.TIMEOUT);
		return leader;
	}

	private TestNode crashed(TestNode node) throws Exception {
		Path target = this.directory.resolve("a-after-crash");
		node.copyTo(target);
		return node("a", target);
	}

	private TestNode node(String name) throws Exception {
		return node(name, this.directory.resolve(name));
	}

	private TestNode node(String name, Path path) throws Exception {
		TestNode node = new TestNode(name, path, this::openStore);
		this.nodes.add(node);
		return node;
	}

	/**
	 * Counts what is read from the log otherwise than by following it.
	 */
	private ReplicaStore openStore(NodeIdentity identity) {
		ReplicaStore store = new LocalReplicaStore(this.directory.resolve("log"), identity);
		return (ReplicaStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { ReplicaStore.class },
				(proxy, method, arguments) -> {
					try {
						Object result = method.invoke(store, arguments);
						return (result instanceof InputStream stream) ? counted(stream) : result;
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private InputStream counted(InputStream stream) {
		return new FilterInputStream(stream) {

			@Override
			public int read() throws IOException {
				int result = super.read();
				RejoinCostTests.this.fetched.addAndGet((result >= 0) ? 1 : 0);
				return result;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				int count = super.read(bytes, offset, length);
				RejoinCostTests.this.fetched.addAndGet(Math.max(0, count));
				return count;
			}

		};
	}

	/**
	 * Returns what this process has asked the kernel to read so far.
	 */
	private static long bytesRead() throws IOException {
		return Files.readAllLines(Path.of("/proc/self/io"))
			.stream()
			.filter((line) -> line.startsWith("rchar: "))
			.mapToLong((line) -> Long.parseLong(line.substring("rchar: ".length())))
			.findFirst()
			.orElseThrow();
	}

	private static Object inode(Path path) throws IOException {
		return Files.getAttribute(path, "unix:ino");
	}

}
