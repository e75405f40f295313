package org.entente.gateway.feature.attachment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One transfer, and an origin that is slow, repeats itself, or lies. */
class AttachmentFetchTest {
  private static final int SEGMENTS = 40;
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName ONE = new AgencyName("x.one");
  private static final AgencyName TWO = new AgencyName("x.two");

  private final SecureRandom random = new SecureRandom();
  private final AttachmentId id = AttachmentId.fresh(random);
  private final MessageId message = MessageId.fresh(1, random);
  private final byte[] key = bytes(32);
  private final byte[] content = bytes((SEGMENTS - 1) * AttachmentSeal.SEGMENT_BYTES + 1);
  private final AttachmentSeal origin =
      new AttachmentSeal(id, content.length, SecretBytes.copyOf(key));

  private final AttachmentNode.OtherMachines machines = new AttachmentNode.OtherMachines();

  @TempDir Path folder;

  private byte[] bytes(int count) {
    byte[] out = new byte[count];
    random.nextBytes(out);
    return out;
  }

  private SealedFile file() {
    return new SealedFile(folder.resolve("file"), content.length);
  }

  private AttachmentFetch fetch(long now) {
    return fetch(now, FR);
  }

  private AttachmentFetch fetch(long now, AgencyName... ways) {
    return new AttachmentFetch(
        new AttachmentFetch.Key(message, id),
        new AttachmentFetch.Parties(FR, AttachmentNode.DESK),
        () -> List.of(ways),
        new MirroredFile(file(), machines),
        new AttachmentSeal(id, content.length, SecretBytes.copyOf(key)),
        ByteString.copyFrom(Sha256.hash(content)),
        now);
  }

  private AttachmentPart part(int segment) {
    int from = segment * AttachmentSeal.SEGMENT_BYTES;
    byte[] plain =
        ByteString.copyFrom(content, from, AttachmentSeal.length(content.length, segment))
            .toByteArray();
    return sealed(segment, origin.seal(segment, plain, random));
  }

  private static AttachmentPart sealed(int segment, byte[] bytes) {
    return AttachmentPart.newBuilder()
        .setSegment(segment)
        .setSealed(ByteString.copyFrom(bytes))
        .build();
  }

  private static int segment(@Nullable AttachmentRequest request) {
    return Objects.requireNonNull(request).getSegment();
  }

  @Test
  void segments_areRequestedInAWindow_andTakenInOrderOnly() {
    AttachmentFetch fetch = fetch(0);
    for (int i = 0; i < AttachmentFetch.WINDOW; i++) {
      assertEquals(i, segment(fetch.next(0)));
    }
    assertNull(fetch.next(0), "enough is on the way");
    assertFalse(fetch.take(FR, part(1), 0));
    assertEquals(0, fetch.have());
    assertFalse(fetch.take(FR, part(0), 0));
    assertFalse(fetch.take(FR, part(0), 0), "repeated");
    assertEquals(1, fetch.have());
    assertEquals(AttachmentFetch.WINDOW, segment(fetch.next(0)));

    fetch.repeat(AttachmentFetch.PATIENCE_NANOS - 1);
    assertNull(fetch.next(0));
    fetch.repeat(AttachmentFetch.PATIENCE_NANOS);
    assertEquals(1, segment(fetch.next(AttachmentFetch.PATIENCE_NANOS)), "what is missing");
    fetch.unsent();
    assertEquals(1, segment(fetch.next(AttachmentFetch.PATIENCE_NANOS)));
    assertFalse(fetch.isOver(AttachmentFetch.GIVEN_UP_NANOS - 1));
    assertTrue(fetch.isOver(AttachmentFetch.GIVEN_UP_NANOS));
  }

  /** It comes on the stream that carries notices. */
  @Test
  void diskThatFails_endsTheFetchAlone() throws IOException {
    AttachmentFetch fetch = fetch(0);
    assertFalse(fetch.take(FR, part(0), 0));
    Files.delete(folder.resolve("file"));
    Files.createDirectory(folder.resolve("file"));
    assertFalse(fetch.take(FR, part(1), 0));
    assertEquals(Code.STORAGE_FULL, fetch.failure().orElseThrow().code());
    assertNull(fetch.next(0));
  }

  /** Another machine may have written it since, and stated that it is complete. */
  @Test
  void machineThatLeadsNoMore_changesNothing() throws IOException {
    AttachmentFetch fetch = fetch(0);
    assertFalse(fetch.take(FR, part(0), 0));
    byte[] before = Files.readAllBytes(folder.resolve("file"));
    machines.leads = false;

    assertFalse(fetch.take(FR, part(1), 0));
    assertEquals(Code.OVERLOADED, fetch.failure().orElseThrow().code());
    assertThrows(IOException.class, fetch::empty);
    AttachmentFetch again = fetch(0);
    assertEquals(Code.OVERLOADED, again.failure().orElseThrow().code());
    assertNull(again.next(0));
    assertFalse(again.isWhole());
    assertArrayEquals(before, Files.readAllBytes(folder.resolve("file")));

    machines.leads = true;
    assertEquals(1, fetch(0).have());
  }

  @Test
  void fetch_continuesAfterACrash_withoutWhatWasTorn() throws IOException {
    AttachmentFetch first = fetch(0);
    for (int i = 0; i < 30; i++) {
      assertFalse(first.take(FR, part(i), 0));
    }
    // Not synced: the last segments may be anything after a power loss.
    byte[] torn = Files.readAllBytes(folder.resolve("file"));
    int at = (int) AttachmentSeal.sealedOffset(25) + 100;
    Arrays.fill(torn, at, torn.length, (byte) 0);
    Files.write(folder.resolve("file"), torn);
    Files.write(folder.resolve("file"), bytes(1_000), StandardOpenOption.APPEND);

    AttachmentFetch second = fetch(0);
    assertEquals(25, second.have());
    for (int i = 25; i < SEGMENTS; i++) {
      assertEquals(i == SEGMENTS - 1, second.take(FR, part(i), 0));
    }
    assertTrue(second.isWhole());
    assertNull(second.next(0));
    assertArrayEquals(Sha256.hash(content), second.hashes().orElseThrow().content().toByteArray());
    assertTrue(fetch(0).isWhole());
  }

  @Test
  void origin_thatSendsOtherBytes_endsTheFetch_andNothingOfThemIsKept() {
    for (AttachmentPart lie :
        List.of(
            sealed(0, bytes(AttachmentSeal.SEALED_BYTES)),
            sealed(0, part(1).getSealed().toByteArray()),
            sealed(0, new byte[0]),
            sealed(0, bytes(10)))) {
      AttachmentFetch fetch = fetch(0);
      assertNotNull(fetch.next(0));
      assertFalse(fetch.take(FR, lie, 0));
      assertEquals(Code.DAMAGED, fetch.failure().orElseThrow().code());
      assertEquals(0, file().present());
      assertFalse(fetch.take(FR, part(0), 0), "it is over");
      assertNull(fetch.next(0));
    }
    AttachmentFetch refused = fetch(0);
    assertFalse(
        refused.take(FR, AttachmentPart.newBuilder().setSegment(0).setRefused(true).build(), 0));
    assertEquals(Code.EXPIRED, refused.failure().orElseThrow().code());
  }

  private static void isFrom(AgencyName way, AttachmentFetch fetch) {
    assertEquals(way, fetch.way().orElseThrow());
  }

  @Test
  void transit_thatForgesOrRefuses_isNotUsedAgain_andTheOthersBringTheFile() {
    AttachmentPart refused = AttachmentPart.newBuilder().setSegment(1).setRefused(true).build();
    for (AttachmentPart lie :
        List.of(sealed(1, bytes(AttachmentSeal.SEALED_BYTES)), sealed(1, new byte[3]), refused)) {
      AttachmentFetch fetch = fetch(0, ONE, TWO);
      isFrom(ONE, fetch);
      assertEquals(0, segment(fetch.next(0)));
      assertEquals(1, segment(fetch.next(0)));
      assertFalse(fetch.take(ONE, part(0), 0));
      assertFalse(fetch.take(ONE, lie, 0));
      assertEquals(1, fetch.have());
      isFrom(TWO, fetch);
      assertEquals(1, segment(fetch.next(0)), "what the first did not bring");
      assertFalse(fetch.take(ONE, part(1), 0), "it is not believed again");
      assertFalse(fetch.take(TWO, part(1), 0));
      assertEquals(2, fetch.have());
      assertFalse(fetch.take(TWO, part(0), 0), "replayed");
      assertTrue(fetch.failure().isEmpty());
      assertFalse(fetch.take(TWO, sealed(2, lie.getSealed().toByteArray()), 0));
      assertEquals(Code.DAMAGED, fetch.failure().orElseThrow().code());
      assertTrue(fetch.failure().orElseThrow().message().startsWith("x.two"), "who must look");
      file().cut(0);
    }
  }

  @Test
  void transit_thatStalls_losesItsTurn() {
    AttachmentFetch fetch = fetch(0, ONE, TWO);
    assertEquals(0, segment(fetch.next(0)));
    isFrom(ONE, fetch);
    fetch.repeat(AttachmentFetch.PATIENCE_NANOS);
    isFrom(TWO, fetch);
    assertEquals(0, segment(fetch.next(AttachmentFetch.PATIENCE_NANOS)));
    assertFalse(fetch.take(ONE, part(0), AttachmentFetch.PATIENCE_NANOS), "late, and still it");
    assertEquals(1, fetch.have());
    assertFalse(fetch.take(new AgencyName("x.three"), part(1), 0), "leads nowhere");
    assertEquals(1, fetch.have());
  }

  @Test
  void closedFetch_takesNothing() {
    AttachmentFetch fetch = fetch(0);
    fetch.close();
    assertFalse(fetch.take(FR, part(0), 0));
    assertNull(fetch.next(0));
  }
}
