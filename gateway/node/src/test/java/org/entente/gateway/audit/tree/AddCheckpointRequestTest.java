package org.entente.gateway.audit.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.junit.jupiter.api.Test;

class AddCheckpointRequestTest {
  private static final TreeHash HASH = TreeHash.of(new byte[32]);

  private static SignedNote note() {
    String text = Checkpoint.of(AuditFixture.ORIGIN.line(), 9, HASH).text();
    NoteSigner signer =
        NoteSigner.ed25519(AuditFixture.ORIGIN.keyName(), AuditFixture.KEYS.ed25519());
    return SignedNote.of(text, List.of(signer.sign(text, AuditFixture.NOW)));
  }

  @Test
  void request_isWrittenAsTlogWitnessAsks() {
    String text =
        new String(
            new AddCheckpointRequest(5, List.of(HASH, HASH), note()).encode(),
            StandardCharsets.UTF_8);
    String zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assertTrue(
        text.startsWith(
            "old 5\n"
                + zeros
                + '\n'
                + zeros
                + "\n\nentente/demo.entente.example/fr.customs/gw-a\n9\n"
                + zeros
                + "\n\n\u2014 entente/"),
        text);
  }

  @Test
  void request_parsed_encodesToTheSameBytes() {
    for (AddCheckpointRequest one :
        List.of(
            new AddCheckpointRequest(0, List.of(), note()),
            new AddCheckpointRequest(7, List.of(HASH), note()),
            new AddCheckpointRequest(Long.MAX_VALUE, Collections.nCopies(63, HASH), note()))) {
      assertEquals(Optional.of(one), AddCheckpointRequest.parse(one.encode()));
    }
  }

  @Test
  void request_inAnotherForm_isRefused() {
    String good =
        new String(
            new AddCheckpointRequest(7, List.of(HASH), note()).encode(), StandardCharsets.UTF_8);
    for (String bad :
        List.of(
            "",
            "old 7\n",
            good.replaceFirst("old 7", "old 07"),
            good.replaceFirst("old 7", "old +7"),
            good.replaceFirst("old 7", "old -7"),
            good.replaceFirst("old 7", "OLD 7"),
            good.replaceFirst("old 7", "old  7"),
            good.replaceFirst("old 7", "old 99999999999999999999"),
            good.replaceFirst("old 7\n", "old 7\r\n"),
            good.replaceFirst("A=\n", "B=\n"),
            good.replaceFirst("\n\n", "\n"),
            good + '\n')) {
      assertEquals(
          Optional.empty(), AddCheckpointRequest.parse(bad.getBytes(StandardCharsets.UTF_8)), bad);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new AddCheckpointRequest(7, Collections.nCopies(64, HASH), note()));
    assertEquals(
        Optional.empty(), AddCheckpointRequest.parse(new byte[AddCheckpointRequest.MAX_BYTES + 1]));
  }

  @Test
  void parse_seededMutations_encodesToTheSameBytesOrRefuses() {
    byte[] good = new AddCheckpointRequest(7, List.of(HASH, HASH), note()).encode();
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] mutated = good.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      }
      byte[] cut =
          random.nextInt(4) == 0 ? Arrays.copyOf(mutated, random.nextInt(good.length)) : mutated;
      int at = seed;
      AddCheckpointRequest.parse(cut)
          .ifPresent(request -> assertArrayEquals(cut, request.encode(), "seed " + at));
    }
  }
}
