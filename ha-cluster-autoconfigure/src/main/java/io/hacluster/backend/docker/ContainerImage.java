package io.hacluster.backend.docker;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.backend.BackendException;
import io.hacluster.backend.docker.DockerSettings.PullPolicy;

/**
 * The image of the container, and its pulling.
 */
final class ContainerImage {

	private static final Logger log = LoggerFactory.getLogger(ContainerImage.class);

	private final String label;

	private final Engine engine;

	private final String reference;

	private final PullPolicy policy;

	ContainerImage(String label, Engine engine, String reference, PullPolicy policy) {
		this.label = label;
		this.engine = engine;
		this.reference = withTag(reference);
		this.policy = policy;
	}

	String reference() {
		return this.reference;
	}

	/**
	 * Sees to it that the image is there.
	 * @param timeout for pulling it
	 * @return its id
	 * @throws BackendException if it is not there and cannot or must not be pulled
	 */
	String ensure(Duration timeout) throws InterruptedException {
		Optional<String> present = id();
		if (this.policy == PullPolicy.ALWAYS || (this.policy == PullPolicy.MISSING && present.isEmpty())) {
			pull(timeout);
			present = id();
		}
		return present.orElseThrow(() -> new BackendException("There is no image '" + this.reference
				+ "' ('ha.cluster.backend.docker.image') on this engine" + ((this.policy == PullPolicy.NEVER)
						? ", and 'ha.cluster.backend.docker.pull-policy' is 'never': load or build it" : "")));
	}

	private Optional<String> id() throws InterruptedException {
		return this.engine.ask((docker) -> {
			try {
				return Optional.ofNullable(docker.inspectImageCmd(this.reference).exec().getId());
			}
			catch (NotFoundException ex) {
				return Optional.empty();
			}
		});
	}

	private void pull(Duration timeout) throws InterruptedException {
		log.info("[{}] Pulling the image {}", this.label, this.reference);
		try {
			this.engine.call(timeout, (docker) -> {
				AtomicReference<@Nullable String> refusal = new AtomicReference<>();
				docker.pullImageCmd(this.reference)
					.exec(new EngineStream<PullResponseItem>((item) -> note(item, refusal)))
					.await();
				if (refusal.get() != null) {
					throw new BackendException(refusal.get());
				}
				return true;
			});
		}
		catch (EngineUnavailableException ex) {
			throw new BackendException("The image '" + this.reference
					+ "' ('ha.cluster.backend.docker.image') could not be pulled: " + ex.getMessage(), ex);
		}
		catch (BackendException ex) {
			throw new BackendException("The image '" + this.reference
					+ "' ('ha.cluster.backend.docker.image') could not be pulled, and has to be with '"
					+ "ha.cluster.backend.docker.pull-policy' " + this.policy.name().toLowerCase(Locale.ROOT) + ": "
					+ ex.getMessage(), ex);
		}
	}

	/**
	 * A pull that fails on the way says so in a piece of the answer.
	 */
	private static void note(PullResponseItem item, AtomicReference<@Nullable String> refusal) {
		if (item.getErrorDetail() != null && item.getErrorDetail().getMessage() != null) {
			refusal.set(item.getErrorDetail().getMessage());
		}
	}

	/**
	 * Adds the tag "latest" to a name without one; without it the engine would pull all
	 * tags there are.
	 */
	private static String withTag(String reference) {
		String last = reference.substring(reference.lastIndexOf('/') + 1);
		return (last.contains(":") || last.contains("@")) ? reference : reference + ":latest";
	}

}
