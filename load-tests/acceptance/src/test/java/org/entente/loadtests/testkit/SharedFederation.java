package org.entente.loadtests.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.ThrowawayFolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * The federation that tests of this JVM share. It is minted for the first of them, a gateway starts
 * when a test first needs it, and all end after the last test class.
 *
 * <p>A test that shares it only uses it: a test that kills, stops or configures a gateway mints its
 * own. Gateways hold what earlier tests sent, so that each test has cursors, idempotency keys and
 * references of its own, and expects no empty list.
 */
public final class SharedFederation implements BeforeEachCallback {
  private @Nullable Shared shared;

  @Override
  public void beforeEach(ExtensionContext context) {
    shared =
        context
            .getStore(
                StoreScope.LAUNCHER_SESSION,
                ExtensionContext.Namespace.create(SharedFederation.class))
            .computeIfAbsent(Shared.class, key -> new Shared(), Shared.class);
  }

  private Shared shared() {
    return Objects.requireNonNull(shared, "not registered with JUnit");
  }

  /** The federation, in which at least the gateways of these agencies are ready. */
  public Federation running(String... agencies) {
    return shared().running(List.of(agencies));
  }

  /** The folder into which it was minted. */
  public Path folder() {
    return shared().folder;
  }

  /** JUnit closes it after the last test class. */
  private static final class Shared implements AutoCloseable {
    private final Path folder = ThrowawayFolder.create();
    private final Federation federation = Federation.mint(ConfigurationHome.find(), folder);

    Federation running(List<String> agencies) {
      Set<String> missing = new TreeSet<>(agencies);
      missing.removeAll(federation.running());
      federation.start(missing);
      return federation;
    }

    @Override
    public void close() {
      federation.close();
      ThrowawayFolder.delete(folder);
    }
  }
}
