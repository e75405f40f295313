package org.entente.gateway.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.testkit.MemoryFolders;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * The federations of this JVM of which tests get copies; JUnit closes them after its last class.
 * One is minted for each retention, and again when it is an hour old by the test's clock or one of
 * its ports is taken. Copies of one template share ports, so that a test stops the gateways of a
 * copy before another starts those of the next.
 */
final class FederationTemplates implements AutoCloseable {
  private static final Duration OLDEST = Duration.ofHours(1);

  private final Map<Duration, Template> minted = new HashMap<>();
  private final Path folder;
  private int count;

  private FederationTemplates() {
    try {
      folder = MemoryFolders.create("federation-templates-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FederationTemplates of(ExtensionContext context) {
    return context
        .getStore(
            StoreScope.LAUNCHER_SESSION,
            ExtensionContext.Namespace.create(FederationTemplates.class))
        .computeIfAbsent(
            FederationTemplates.class, key -> new FederationTemplates(), FederationTemplates.class);
  }

  private record Template(FederationFiles files, Instant minted) {
    boolean fits(Instant now) {
      return !now.isBefore(minted) && now.isBefore(minted.plus(OLDEST)) && files.portsAreFree();
    }
  }

  synchronized FederationFiles copy(Path to, SettableClock clock, Duration retention)
      throws IOException {
    Template template = minted.get(retention);
    if (template == null || !template.fits(clock.instant())) {
      count++;
      template =
          new Template(
              FederationFiles.star(folder.resolve("template-" + count), clock, retention),
              clock.instant());
      minted.put(retention, template);
    }
    return template.files().copyTo(to, clock);
  }

  @Override
  public void close() throws IOException {
    MemoryFolders.delete(folder);
  }
}
