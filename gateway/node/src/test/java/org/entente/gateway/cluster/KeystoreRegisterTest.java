package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreRegisterTest {
  private static final MachineKeystore SELF = new MachineKeystore("fr-1", 10);
  private static final MachineKeystore OTHER = new MachineKeystore("fr-2", Long.MIN_VALUE);

  @TempDir private Path dir;

  @Test
  void register_thatIsKept_isReadAgain() throws IOException {
    assertEquals(Optional.empty(), KeystoreRegister.read(dir));
    KeystoreRegister.make(SELF, new KeyTag(3, 12), List.of()).with(List.of(OTHER, SELF)).keep(dir);

    KeystoreRegister read = KeystoreRegister.read(dir).orElseThrow();

    assertEquals(
        """
        keystore 000000000000000a made term 3 change 12 of fr-1
        000000000000000a fr-1
        8000000000000000 fr-2
        """,
        Files.readString(dir.resolve("cluster-keystores")));
    assertEquals("fr-1", read.machine());
    assertEquals(SELF, read.self());
    assertEquals(List.of(SELF, OTHER), read.known());
    assertEquals(List.of(OTHER), read.others());
    assertTrue(read.isMadeAt(new KeyTag(3, 12)));
    assertFalse(read.isMadeAt(KeyTag.START));
  }

  @Test
  void register_thatIsDamaged_isRefused() throws IOException {
    String first = "keystore 000000000000000a made term 3 change 12 of fr-1\n";
    for (String text : List.of("", "fr-1\n", first + "fr-2\n", first + "0a fr-2\n")) {
      Files.writeString(dir.resolve("cluster-keystores"), text);
      IOException why = assertThrows(IOException.class, () -> KeystoreRegister.read(dir), text);
      assertTrue(String.valueOf(why.getMessage()).contains("cluster-keystores"), text);
    }
  }
}
