package io.hacluster.backend.docker;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.backend.BackendException;

/**
 * Finds the container, or makes it.
 */
final class ContainerSetup {

	private static final String NAME = " ('ha.cluster.backend.docker.container')";

	private static final Duration REMOVE_TIMEOUT = Duration.ofSeconds(10);

	private static final Logger log = LoggerFactory.getLogger(ContainerSetup.class);

	private final String label;

	private final DockerSettings settings;

	private final Engine engine;

	private final ContainerSpec spec;

	private final ContainerStop stop;

	private final @Nullable ContainerImage image;

	ContainerSetup(String label, DockerSettings settings, Engine engine, ContainerSpec spec, ContainerStop stop) {
		this.label = label;
		this.settings = settings;
		this.engine = engine;
		this.spec = spec;
		this.stop = stop;
		this.image = (settings.image() != null)
				? new ContainerImage(label, engine, settings.image(), settings.pullPolicy()) : null;
	}

	/**
	 * Looks for the container.
	 * @return empty if there is none, or one that is none of this node's business
	 */
	Optional<ContainerState> find() throws InterruptedException {
		return inspect().filter((state) -> this.image == null || isOurs(state));
	}

	/**
	 * Checks whether the container is there or can be made, pulling its image if that is
	 * to be done.
	 * @throws BackendException if not
	 */
	void verify(Duration timeout) throws InterruptedException {
		Optional<ContainerState> found = inspect();
		if (this.image == null) {
			requireAdoptable(found);
			return;
		}
		found.ifPresent(this::requireOurs);
		this.image.ensure(timeout);
	}

	/**
	 * Returns the container, not running, and as the configuration wants it.
	 * @throws BackendException if that is not possible
	 */
	ContainerState prepare(Deadline deadline) throws InterruptedException {
		Optional<ContainerState> found = inspect();
		if (this.image == null) {
			ContainerState adopted = requireAdoptable(found);
			stopStrayLife(adopted, deadline);
			return adopted;
		}
		found.ifPresent(this::requireOurs);
		found.ifPresent((state) -> stopStrayLife(state, deadline));
		String imageId = this.image.ensure(deadline.left());
		if (found.isPresent()) {
			if (this.spec.hash().equals(found.get().label(ContainerSpec.CONFIG_LABEL))
					&& imageId.equals(found.get().inspection().getImageId())) {
				return found.get();
			}
			log.info("[{}] The configuration or the image of the container {} has changed, and it is made anew",
					this.label, this.settings.container());
			remove(found.get().id(), deadline);
		}
		return create(this.image, deadline);
	}

	/**
	 * Removes the container and the anonymous volumes that were made with it.
	 */
	void remove(String id, Deadline deadline) throws InterruptedException {
		this.engine.call(deadline.left(), (docker) -> docker.removeContainerCmd(id).withRemoveVolumes(true).exec());
	}

	/**
	 * Removes a container that is not needed any more, if that is possible.
	 */
	void removeQuietly(String id) {
		boolean interrupted = Thread.interrupted();
		try {
			remove(id, new Deadline(REMOVE_TIMEOUT));
		}
		catch (BackendException ex) {
			log.warn("[{}] The container {} could not be removed: {}", this.label, this.settings.container(),
					ex.getMessage());
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private ContainerState create(ContainerImage from, Deadline deadline) throws InterruptedException {
		String id = this.engine.call(deadline.left(),
				(docker) -> this.spec.apply(docker.createContainerCmd(from.reference())).exec().getId());
		return this.engine.inspect(id)
			.map(ContainerState::new)
			.orElseThrow(() -> new BackendException("The container '" + this.settings.container() + "'" + NAME
					+ " was removed as soon as it had been made"));
	}

	/**
	 * Stops a container that was started by somebody else. It may well have opened the
	 * database before this node had put it into place.
	 */
	private void stopStrayLife(ContainerState state, Deadline deadline) {
		if (state.isRunning()) {
			log.warn("[{}] The container {} was running although this node had not started it; it is stopped first",
					this.label, this.settings.container());
			this.stop.stop(state.id(), state.isVisible(), deadline.left());
		}
	}

	private Optional<ContainerState> inspect() throws InterruptedException {
		return this.engine.inspect(this.settings.container()).map(ContainerState::new);
	}

	private boolean isOurs(ContainerState state) {
		return this.spec.owner().equals(state.label(ContainerSpec.OWNER_LABEL));
	}

	private void requireOurs(ContainerState state) {
		if (isOurs(state)) {
			return;
		}
		String owner = state.label(ContainerSpec.OWNER_LABEL);
		throw new BackendException("There is a container '" + this.settings.container() + "'" + NAME + " that "
				+ ((owner != null) ? "belongs to the node " + owner
						: "this node has not made, and it is left alone. Remove or rename it, or leave out "
								+ "'ha.cluster.backend.docker.image' to run that container as it is"));
	}

	private ContainerState requireAdoptable(Optional<ContainerState> found) {
		ContainerState state = found
			.orElseThrow(() -> new BackendException("There is no container '" + this.settings.container() + "'" + NAME
					+ ", and without 'ha.cluster.backend.docker.image' none can be made"));
		if (!"no".equals(state.restartPolicy())) {
			throw new BackendException("The container '" + this.settings.container() + "'" + NAME
					+ " has the restart policy '" + state.restartPolicy()
					+ "', with which the engine would start it on a node that does not lead. Change it: docker update "
					+ "--restart=no " + this.settings.container());
		}
		if (Boolean.TRUE.equals(state.inspection().getHostConfig().getAutoRemove())) {
			throw new BackendException("The container '" + this.settings.container() + "'" + NAME
					+ " is removed by the engine when it stops (--rm), so it could never be started again");
		}
		return state;
	}

}
