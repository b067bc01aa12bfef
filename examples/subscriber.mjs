// Behind a queue that is subscribed to {"detail": {"terminal": [true]}}: says once how each deployment ended.
const heard = new Set(); // of this process; keep it in a table where that is not enough
export const subscriber = (tell) => async (event) => {
  for (const { body } of event.Records) {
    const { 'detail-type': type, detail } = JSON.parse(body);
    if (heard.has(detail.eventId)) continue;
    heard.add(detail.eventId);
    tell(`${type}: ${detail.service} in ${detail.environment}: ${detail.reason.message}`);
  }
};
export const handler = subscriber(console.log);
