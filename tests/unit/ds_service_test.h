/* Included before everything in ds_service_test: what main of ds.c is called there. */
#ifndef UNIT_DS_SERVICE_TEST_H
#define UNIT_DS_SERVICE_TEST_H

int ds_main(void);

#endif
