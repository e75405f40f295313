package org.entente.gateway.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.testkit.Formats;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;

/** Deliveries of an authenticated peer, through all of receiving. */
public final class ReceiveFormats {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private ReceiveFormats() {}

  /** All of them, at a recipient with fresh keys and an empty ledger. */
  public static Formats all() {
    Recipient recipient = new Recipient();
    return new Formats("receive")
        .with(
            "delivery",
            recipient::takes,
            () -> List.of(recipient.sealed().toBuilder().build().toByteArray()));
  }

  /** Made when it is first needed, since it starts threads. */
  private static final class Recipient {
    private @org.jspecify.annotations.Nullable ReceiveKit kit;
    private Delivery sealed = Delivery.getDefaultInstance();

    private synchronized ReceiveKit kit() {
      ReceiveKit started = kit;
      if (started == null) {
        started = start();
        kit = started;
        Body body =
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline("One")))
                .build();
        sealed =
            started
                .seal(
                    PermittedFixture.alert(
                        MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), new SecureRandom()),
                        ReceiveKit.ORIGIN,
                        Lane.PRIORITY,
                        body,
                        NOW,
                        ReceiveKit.SELF.value()))
                .get(0);
      }
      return started;
    }

    Delivery sealed() {
      kit();
      return sealed;
    }

    private static ReceiveKit start() {
      try {
        Path folder = Files.createTempDirectory("receive");
        folder.toFile().deleteOnExit();
        Ledger ledger = QuietLedger.started(new MemoryStore(), () -> NOW);
        MemoryStorageKeys keys = new MemoryStorageKeys();
        return new ReceiveKit(
            ledger,
            keys,
            keys,
            ErasureJournal.open(folder.resolve("erasures"), NOW.getEpochSecond() / 86_400),
            (origin, label, body) -> Optional.empty(),
            () -> NOW);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Nothing is committed, or taken for what was, but the one envelope that the origin sealed. */
    boolean takes(byte[] bytes) {
      ReceiveKit to = kit();
      Delivery delivery;
      try {
        delivery = Delivery.parseFrom(bytes);
      } catch (InvalidProtocolBufferException e) {
        return false;
      }
      // Without a header it is a void hop number, which is no delivery.
      if (delivery.getHeader().isEmpty()) {
        return false;
      }
      Receipt receipt = to.handOver(Lane.PRIORITY, delivery);
      boolean taken =
          receipt.getResult() == Result.RESULT_COMMITTED
              || receipt.getResult() == Result.RESULT_DUPLICATE;
      boolean same =
          delivery.getHeader().equals(sealed.getHeader())
              && delivery.getSignature().equals(sealed.getSignature())
              && delivery.getLabels().equals(sealed.getLabels())
              && delivery.getBodies().equals(sealed.getBodies())
              && delivery.getStanzasList().stream()
                  .anyMatch(s -> s.getStanza().equals(sealed.getStanzas(0).getStanza()));
      if (taken && !same) {
        throw new AssertionError("taken although nobody sealed it: " + receipt);
      }
      return taken;
    }
  }
}
