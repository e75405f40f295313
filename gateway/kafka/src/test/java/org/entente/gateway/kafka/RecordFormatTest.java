package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordFormatTest {
  private static Draft draft() {
    Draft.Builder draft = Draft.newBuilder();
    draft.getToBuilder().addAgencies("de.customs");
    draft.getLabelBuilder().setInReplyTo(ByteString.copyFrom(new byte[16])).setLegalBasis("é");
    draft.getBodyBuilder().getDocumentBuilder().setContent(ByteString.copyFromUtf8("content"));
    return draft.build();
  }

  @Test
  void draft_asItIsWritten_isReadBack() throws DraftFault {
    for (RecordFormat format : RecordFormat.values()) {
      assertEquals(draft(), format.decodeDraft(format.encode(draft())), format::toString);
    }
  }

  @Test
  void json_onSeveralLines_isReadTooAndNullIsAbsent() throws DraftFault {
    byte[] value =
        "{\n  \"to\": {\"agencies\": [\"de.customs\"]},\r\n  \"body\": null\n}"
            .getBytes(StandardCharsets.UTF_8);
    Draft read = RecordFormat.JSON.decodeDraft(value);
    assertEquals(List.of("de.customs"), read.getTo().getAgenciesList());
    assertEquals(Draft.newBuilder().setTo(read.getTo()).build(), read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                       | is empty",
        "[]                       | must be a JSON object",
        "{\"lable\": {}}          | lable",
        "{\"to\": {}} {}          | has more text",
        "{\"to\": {}, \"to\": {}} | is not strict JSON",
      })
  void json_thatIsNoDraft_saysWhy(String text, String said) {
    DraftFault fault =
        assertThrows(
            DraftFault.class,
            () -> RecordFormat.JSON.decodeDraft(text.getBytes(StandardCharsets.UTF_8)));
    assertTrue((fault.field() + " " + fault.problem()).contains(said), fault::problem);
  }

  @Test
  void headers_areTheLabel_fieldByField() {
    Delivery delivery =
        Delivery.newBuilder()
            .setPosition(7)
            .setTraceparent("00-ab")
            .setLabel(
                Label.newBuilder()
                    .setMessageId(ByteString.copyFrom(new byte[] {1, (byte) 0xab}))
                    .setLane(Lane.LANE_FLASH)
                    .addHandling(Handling.HANDLING_H1)
                    .addHandling(Handling.HANDLING_H2)
                    .setPersonalData(true))
            .build();
    List<String> headers = new ArrayList<>();
    for (Header one : Headers.of(delivery)) {
      headers.add(one.key() + "=" + new String(one.value(), StandardCharsets.UTF_8));
    }
    assertEquals(
        List.of(
            "entente.label.message_id=01ab",
            "entente.label.handling=H1",
            "entente.label.handling=H2",
            "entente.label.personal_data=true",
            "entente.label.lane=FLASH",
            "entente.position=7",
            "traceparent=00-ab"),
        headers);
  }
}
