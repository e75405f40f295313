package org.entente.gateway.kafka;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.entente.gateway.testkit.MemoryFolders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/** The broker of this JVM's tests, each of which has its own topics; JUnit ends it at the end. */
final class SharedBroker implements BeforeAllCallback {
  private @Nullable Broker broker;

  /** It and its folder. */
  private record Started(Broker broker, Path folder) implements AutoCloseable {
    static Started now() {
      try {
        Path folder = MemoryFolders.create("broker-");
        return new Started(Broker.start(folder), folder);
      } catch (Exception e) {
        throw new AssertionError("no broker", e);
      }
    }

    @Override
    public void close() throws IOException {
      broker.close();
      MemoryFolders.delete(folder);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    broker =
        context
            .getStore(
                StoreScope.LAUNCHER_SESSION, ExtensionContext.Namespace.create(SharedBroker.class))
            .computeIfAbsent(SharedBroker.class, key -> Started.now(), Started.class)
            .broker();
  }

  Broker get() {
    return Objects.requireNonNull(broker, "not registered with JUnit");
  }
}
