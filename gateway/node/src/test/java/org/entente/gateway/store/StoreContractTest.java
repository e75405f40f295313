package org.entente.gateway.store;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of stores on one machine. */
@ParameterizedClass
@EnumSource(StoreContractTest.Kind.class)
class StoreContractTest extends StoreContract {
  enum Kind {
    ROCKS,
    MEMORY,
    AUTHENTICATED
  }

  StoreContractTest(Kind kind, @TempDir Path dir) {
    super(opening(kind, dir));
  }

  private static Supplier<Store> opening(Kind kind, Path dir) {
    MemoryStore.Disk disk = new MemoryStore.Disk();
    return switch (kind) {
      case ROCKS -> () -> RocksStore.open(dir.resolve("store"), RocksOptions.defaults());
      case MEMORY -> () -> new MemoryStore(disk);
      case AUTHENTICATED ->
          () -> AuthenticatedStore.of(new MemoryStore(disk), SecretBytes.copyOf(new byte[32]));
    };
  }
}
