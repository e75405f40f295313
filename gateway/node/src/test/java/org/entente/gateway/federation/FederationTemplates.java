package org.entente.gateway.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.entente.gateway.testkit.MemoryFolders;
import org.entente.gateway.testkit.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * Hands out copies of federations. One is minted for each lifetime and retention in this JVM, and
 * again when it is an hour old by the test's clock or one of its ports is taken. Copies of one
 * template share ports, so that a test closes a copy before it starts the next.
 */
public final class FederationTemplates implements BeforeAllCallback, BeforeEachCallback {
  private static final Duration OLDEST = Duration.ofHours(1);

  private @Nullable Templates templates;

  @Override
  public void beforeAll(ExtensionContext context) {
    templates =
        context
            .getStore(
                StoreScope.LAUNCHER_SESSION,
                ExtensionContext.Namespace.create(FederationTemplates.class))
            .computeIfAbsent(Templates.class, key -> new Templates(), Templates.class);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    beforeAll(context);
  }

  /**
   * A federation like {@link RunningFederation#RunningFederation(Path, SettableClock, Duration)}.
   */
  public RunningFederation copy(Path folder, SettableClock clock, Duration lifetime)
      throws IOException {
    return copy(folder, clock, lifetime, RunningFederation.RETENTION);
  }

  /** The same where recipients keep what they were sent for so long. */
  RunningFederation copy(Path folder, SettableClock clock, Duration lifetime, Duration retention)
      throws IOException {
    return Objects.requireNonNull(templates, "not registered with JUnit")
        .copy(folder, clock, new Terms(lifetime, retention));
  }

  private record Terms(Duration lifetime, Duration retention) {}

  private record Template(RunningFederation federation, Instant minted) {
    boolean fits(Instant now) {
      return !now.isBefore(minted)
          && now.isBefore(minted.plus(OLDEST))
          && federation.portsAreFree();
    }
  }

  /** The templates of this JVM; JUnit closes them after its last class. */
  private static final class Templates implements AutoCloseable {
    private final Map<Terms, Template> minted = new HashMap<>();
    private final Path folder;
    private int count;

    Templates() {
      try {
        folder = MemoryFolders.create("federation-templates-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    synchronized RunningFederation copy(Path to, SettableClock clock, Terms terms)
        throws IOException {
      Template template = minted.get(terms);
      if (template == null || !template.fits(clock.instant())) {
        template = mint(clock, terms);
        minted.put(terms, template);
      }
      return template.federation().copyTo(to, clock);
    }

    private Template mint(SettableClock clock, Terms terms) throws IOException {
      count++;
      return new Template(
          new RunningFederation(
              folder.resolve("template-" + count), clock, terms.lifetime(), terms.retention()),
          clock.instant());
    }

    @Override
    public void close() throws IOException {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(one);
        }
      }
    }
  }
}
