package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.message.TailCommand;
import org.entente.gateway.testkit.HostileText;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.RecipientProgress;
import org.entente.proto.v1.Refusal;
import org.entente.proto.v1.TakenBack;
import org.junit.jupiter.api.Test;

/**
 * Threat 64: what a person reads of messages whose every text is hostile, as a gateway that checks
 * nothing could answer.
 */
class HostileOutputTest {
  private static final int DEPTH = 3;

  /** A message in which every text is the same. */
  @SuppressWarnings("unchecked")
  private static <M extends Message> M filled(M empty, String text) {
    return (M) filled(empty.newBuilderForType(), text, DEPTH);
  }

  private static Message filled(Message.Builder builder, String text, int depth) {
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      if (field.isMapField()) {
        continue;
      }
      Object value = null;
      if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
        value = text;
      } else if (field.getJavaType() == FieldDescriptor.JavaType.BYTE_STRING) {
        value = ByteString.copyFrom(new byte[16]);
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && depth > 0
          && !field.getMessageType().getFullName().startsWith("google.protobuf")) {
        value = filled(builder.newBuilderForField(field), text, depth - 1);
      }
      if (value != null && field.isRepeated()) {
        builder.addRepeatedField(field, value);
      } else if (value != null) {
        builder.setField(field, value);
      }
    }
    return builder.build();
  }

  private static List<String> printed(String text) {
    RecipientTable table =
        new RecipientTable(
            List.of(filled(EvidenceItem.getDefaultInstance(), text)),
            filled(TakenBack.getDefaultInstance(), text),
            Instant.EPOCH);
    return Stream.concat(
            Stream.of(
                MessageText.line(filled(Permit.getDefaultInstance(), text)),
                MessageText.line(filled(Refusal.getDefaultInstance(), text)),
                FoundMessageText.line(filled(FoundMessage.getDefaultInstance(), text)),
                ChainPositionText.desks(filled(Label.getDefaultInstance(), text)),
                TailCommand.asLine(filled(Delivery.getDefaultInstance(), text))),
            table.lines(List.of(filled(RecipientProgress.getDefaultInstance(), text))).stream())
        .toList();
  }

  @Test
  void tablesAndLines_steerNoTerminal() {
    for (String hostile : HostileText.allAndHalf()) {
      for (String line : printed(hostile)) {
        assertEquals(List.of(), HostileText.steering(line), line);
        assertEquals(-1, line.indexOf('\n'), line);
      }
    }
  }

  @Test
  void json_isOneLineOfTheSameMeaning_thatSteersNoTerminal() throws InvalidProtocolBufferException {
    for (String hostile : HostileText.ALL) {
      Delivery delivery = filled(Delivery.getDefaultInstance(), hostile);
      String line = JsonText.of(delivery);
      assertEquals(List.of(), HostileText.steering(line));
      assertEquals(-1, line.indexOf('\n'));
      Delivery.Builder read = Delivery.newBuilder();
      // Commands print ids in hexadecimal, which protobuf does not read.
      String zeros = "00".repeat(16);
      JsonFormat.parser().merge(line.replace(zeros, "AAAAAAAAAAAAAAAAAAAAAA=="), read);
      assertEquals(delivery, read.build());
    }
  }

  /** As the audit export and the reports of commands are written. */
  @Test
  void jsonOfATree_isOneLineOfTheSameMeaning_thatSteersNoTerminal() throws IOException {
    for (String hostile : HostileText.allAndHalf()) {
      String line = JsonText.line(JsonText.object().put("text", hostile));
      assertEquals(List.of(), HostileText.steering(line));
      assertEquals(-1, line.indexOf('\n'));
      assertEquals(hostile, new ObjectMapper().readTree(line).path("text").asText());
    }
  }

  @Test
  void statusOfAGateway_steersNoTerminal() {
    for (String hostile : HostileText.allAndHalf()) {
      StatusRuntimeException detailed =
          StatusProto.toStatusRuntimeException(
              com.google.rpc.Status.newBuilder()
                  .setCode(com.google.rpc.Code.INVALID_ARGUMENT_VALUE)
                  .setMessage(hostile)
                  .addDetails(
                      Any.pack(
                          ErrorInfo.newBuilder()
                              .setReason(hostile)
                              .putMetadata("who_must_act", hostile)
                              .putMetadata("retry", hostile)
                              .build()))
                  .build());
      for (StatusRuntimeException failure :
          List.of(
              detailed,
              Status.INTERNAL.withDescription(hostile).asRuntimeException(),
              Status.UNAVAILABLE
                  .withCause(new IOException(hostile))
                  .withDescription(hostile)
                  .asRuntimeException())) {
        String told = String.valueOf(RpcFailures.explain(failure).getMessage());
        assertEquals(List.of(), HostileText.steering(told), told);
        assertTrue(told.indexOf('\n') < 0, told);
      }
    }
  }
}
