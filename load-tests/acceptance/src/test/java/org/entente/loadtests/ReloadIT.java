package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.entente.certsdev.MintedFederation;
import org.entente.gateway.model.AgencyName;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators change while a gateway runs takes effect without a restart. */
@Tag("extended")
@Tag("processes")
final class ReloadIT {
  private static final String RECIPIENT = "de.customs";

  @TempDir private Path folder;
  private int drafts;

  @Test
  void agreementsAndTrustBundle_changedWhileRunning_takeEffect() throws IOException {
    Path agreements = Files.createDirectories(folder.resolve("agreements"));
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      copy(ConfigurationHome.find().agreements(), agreements);
      Path config = federation.plan("fr.customs").config();
      String yaml = Files.readString(config);
      String own =
          yaml.replace(ConfigurationHome.find().agreements().toString(), agreements.toString());
      assertTrue(!own.equals(yaml), yaml);
      Files.writeString(config, own);
      federation.start(List.of("fr.customs", RECIPIENT));
      PublisherGrpc.PublisherBlockingStub publisher =
          PublisherGrpc.newBlockingStub(federation.channel("fr.customs", "declarations"));

      assertTrue(publish(publisher).hasAccepted());

      try (Stream<Path> all = Files.list(agreements)) {
        for (Path file : all.filter(f -> !f.endsWith("public-warnings.yaml")).toList()) {
          Files.delete(file);
        }
      }
      Outcome withdrawn = Patience.until(() -> publish(publisher), Outcome::hasRefused);
      assertEquals("NOT_COVERED", withdrawn.getRefused().getRefusals(0).getCode());

      copy(ConfigurationHome.find().agreements(), agreements);
      Patience.until(() -> publish(publisher), Outcome::hasAccepted);

      MintedFederation.open(folder.resolve("federation"), InstantSource.system())
          .publish(InstantSource.system(), edit -> edit.remove(new AgencyName(RECIPIENT)));
      Outcome removed = Patience.until(() -> publish(publisher), Outcome::hasRefused);
      assertEquals("UNKNOWN_RECIPIENT", removed.getRefused().getRefusals(0).getCode());
    }
  }

  private Outcome publish(PublisherGrpc.PublisherBlockingStub publisher) {
    drafts++;
    PublishRequest request =
        PublishRequest.newBuilder()
            .setDraft(
                Publications.draft(RECIPIENT, "Unsafe toys").toBuilder()
                    .setIdempotencyKey("reload-" + drafts))
            .build();
    return publisher.publish(request).getOutcome();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.list(from)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        Path target = to.resolve(file.getFileName());
        if (!Files.exists(target)) {
          Files.copy(file, target);
        }
      }
    }
  }
}
